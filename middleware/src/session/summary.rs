//! What a list of a user's sessions shows of each, sealed for the store.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::record::Record;
use super::store::SessionKey;
use crate::cookie::{KeyRing, KeyUse};
use crate::format;
use crate::time::Timestamp;

/// The facts of one session that do not change while it lives.
///
/// The record is sealed with a key that only its own browser has, so the list of a user's sessions
/// has a sealed summary of its own, with a key of the server's.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Summary {
    pub(crate) user_flow: Option<String>,
    pub(crate) signed_in_at: Timestamp,
    /// Milliseconds since 1970: which of two that began in one second began first.
    #[serde(default)]
    pub(crate) began: u64,
    pub(crate) expires_at: Timestamp,
    /// What the store's expiry is ahead of the last visit.
    idle: u64,
    pub(crate) user_agent: Option<String>,
}

impl Summary {
    pub(crate) fn of(record: &Record, idle: Duration, now: SystemTime) -> Self {
        let since = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            user_flow: record.user_flow.clone(),
            signed_in_at: record.signed_in_at,
            began: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            expires_at: record.expires_at,
            idle: idle.as_secs(),
            user_agent: record.origin.user_agent.clone(),
        }
    }

    /// When the store last heard of the session, by the expiry that it has for it.
    pub(crate) fn last_seen(&self, stored_expiry: Timestamp) -> Timestamp {
        Timestamp(stored_expiry.0.saturating_sub(self.idle)).max(self.signed_in_at)
    }

    pub(crate) fn seal(&self, keys: &KeyRing, session: SessionKey) -> Vec<u8> {
        let text = format::write(self, FORMAT);
        keys.seal(KeyUse::Summary, session.as_bytes(), &text)
    }

    /// `None` if no key of ours sealed it, it belongs to another session, or is of a newer format.
    pub(crate) fn open(sealed: &[u8], keys: &KeyRing, session: SessionKey) -> Option<Self> {
        let text = keys.open(KeyUse::Summary, session.as_bytes(), sealed)?;
        format::read(&text, FORMAT).ok()
    }
}

const FORMAT: u8 = 1;
