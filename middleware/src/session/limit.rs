//! How many sessions one user has at a time.

use super::live::Live;
use super::registry::Sessions;
use super::store::{SessionKey, StoreError};
use crate::config::WhenFull;

impl Sessions {
    /// Holds a user's sessions to `session.max_per_user`, with one more in the store already; tells
    /// whether that may stay. `replaced` is about to end and does not count.
    ///
    /// Of several sign-ins at once each sees all that were added before it looks, so that the last to
    /// look sees them all: at most as many stay as may.
    pub(super) async fn make_room(
        &self,
        live: &Live,
        replaced: Option<SessionKey>,
    ) -> Result<bool, StoreError> {
        let (Some(limit), Some(user)) = (self.limit, live.indexes.user()) else {
            return Ok(true);
        };
        let mut found = self.find_indexed(user).await?;
        found.retain(|(session, _)| Some(session.key) != replaced);
        let surplus = found.len().saturating_sub(limit.most);
        if surplus == 0 {
            return Ok(true);
        }
        if limit.when_full == WhenFull::Refuse {
            self.store.delete(live.key).await?;
            return Ok(false);
        }
        // One without a readable summary is taken for the oldest.
        found.sort_unstable_by_key(|(session, summary)| {
            let began = summary
                .as_ref()
                .map(|summary| (summary.signed_in_at, summary.began));
            (began, *session.key.as_bytes())
        });
        let mut may_stay = true;
        for (session, _) in found.iter().take(surplus) {
            may_stay &= session.key != live.key;
            self.store.delete(session.key).await?;
        }
        self.cache.outdate_loads();
        self.forget(user, |live| {
            let mut ended = found.iter().take(surplus);
            ended.any(|(session, _)| session.key == live.key)
        });
        tracing::info!(
            sessions = surplus,
            "a user's oldest sessions made room for a new one"
        );
        Ok(may_stay)
    }
}
