//! What things are called in Redis, and how they are written there.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::session::index::IndexKey;
use crate::session::store::{LockKey, SessionKey};

/// The keys of one app, which all begin alike.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) prefix: String,
}

impl Keys {
    pub(super) fn record(&self, name: &str) -> String {
        format!("{}s:{name}", self.prefix)
    }

    pub(super) fn index(&self, index: IndexKey) -> String {
        format!("{}i:{}", self.prefix, encode(index.as_bytes()))
    }

    pub(super) fn lock(&self, key: LockKey) -> String {
        format!("{}l:{}", self.prefix, encode(key.as_bytes()))
    }

    /// What every write is published on.
    pub(super) fn channel(&self) -> String {
        format!("{}writes", self.prefix)
    }
}

/// What a record is called in its key, in index sets and on the channel.
pub(super) fn name(key: SessionKey) -> String {
    encode(key.as_bytes())
}

pub(super) fn read_name(name: &str) -> Option<SessionKey> {
    let mut bytes = [0; 32];
    let exact = URL_SAFE_NO_PAD.decode_slice(name, &mut bytes) == Ok(bytes.len());
    exact.then(|| SessionKey::from_bytes(bytes))
}

/// 43 characters of base64url.
fn encode(key: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

pub(super) fn millis(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn moment(millis: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis)
}

pub(super) fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}
