//! What ends a session besides its own times: the tokens that it stands on.

use serde_json::Value;

use super::record::Record;
use crate::config::Bound;
use crate::time::Timestamp;

impl Record {
    /// Notes until when what the session is bound to lasts.
    pub(super) fn bind(&mut self, bound: Bound) {
        let id_token = || {
            self.claims
                .get("exp")
                .and_then(Value::as_u64)
                .map(Timestamp)
        };
        self.bound_until = match (bound, &self.grant) {
            (Bound::Nothing, _) => None,
            (Bound::RefreshToken, Some(grant)) => grant.expires_at,
            (Bound::IdToken, _) | (Bound::RefreshToken, None) => id_token(),
        };
    }

    /// When it is over, however busy.
    pub(crate) fn ends_at(&self) -> Timestamp {
        let bound = self.bound_until.unwrap_or(self.expires_at);
        bound.min(self.expires_at)
    }
}
