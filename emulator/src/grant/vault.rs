use std::sync::{Mutex, PoisonError};

use aws_lc_rs::error::Unspecified;

use super::{Grant, GrantKind, envelope::Envelope};
use crate::{expiring::Expiring, protocol::Fault};

/// Issues grants and takes them back. Only the ids of used ones are kept, and only for a while.
pub(crate) struct Vault {
    envelope: Envelope,
    used: Mutex<Expiring<()>>,
}

impl Vault {
    pub(crate) fn new() -> Result<Self, Unspecified> {
        Ok(Self {
            envelope: Envelope::new()?,
            used: Mutex::new(Expiring::new(MOST_USED, USED_LIFETIME)),
        })
    }

    pub(crate) fn issue(&self, grant: &Grant) -> Result<String, Fault> {
        let plain = serde_json::to_vec(grant).map_err(|_| Fault::InternalError)?;
        self.envelope.seal(&plain)
    }

    /// Opens a code or a refresh token; a grant of the other kind is refused.
    pub(crate) fn open(&self, sealed: &str, kind: GrantKind) -> Result<Grant, Fault> {
        let plain = self.envelope.open(sealed)?;
        let grant: Grant = serde_json::from_slice(&plain).map_err(|_| Fault::InternalError)?;
        if grant.kind == kind {
            Ok(grant)
        } else {
            Err(Fault::InternalError)
        }
    }

    /// Marks a grant as used; returns `false` if it was used before.
    pub(crate) fn use_up(&self, grant: &Grant, now: i64) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let first_time = used.get_mut(&grant.id, now).is_none();
        if first_time {
            used.insert(grant.id.clone(), (), now);
        }
        first_time
    }
}

const MOST_USED: usize = 20_000;
/// As long as the longest-lived grant can be presented.
const USED_LIFETIME: i64 = 15 * 24 * 60 * 60;
