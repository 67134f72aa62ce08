//! What a store keeps, and how it answers.

use std::fmt;
use std::time::SystemTime;

use crate::cookie::SessionId;
use crate::crypto::sha256;

/// What a record is stored under: SHA-256 of the session's id.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    pub(crate) fn of(id: &SessionId) -> Self {
        Self(sha256(id))
    }

    /// The key again, from [`as_bytes`](Self::as_bytes).
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SessionKey {
    /// The first bytes: enough to follow one session through a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, ..] = self.0;
        write!(f, "SessionKey({first:02x}{second:02x}{third:02x}…)")
    }
}

/// A session as a store keeps it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredRecord {
    /// Counts the writes; [`SessionStore::replace`](super::SessionStore::replace) compares it.
    pub version: u64,
    /// When the record may be thrown away.
    pub expires_at: SystemTime,
    /// Ciphertext.
    pub bytes: Vec<u8>,
}

/// How a [`SessionStore::replace`](super::SessionStore::replace) ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Replaced {
    /// The new record is in place.
    Done,
    /// Somebody else wrote in between; nothing was changed.
    Conflict,
    /// There is no record under this key (any more); nothing was created.
    Missing,
}
