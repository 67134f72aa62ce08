//! What sessions can be found by besides their ticket: their user, and their session at the
//! provider.

use std::fmt;
use std::time::SystemTime;

use super::record::Record;
use super::store::SessionKey;
use crate::crypto::sha256;

/// What a store finds a user's sessions by: a SHA-256 over what they have in common, never the
/// plain value.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct IndexKey([u8; 32]);

impl IndexKey {
    /// All sessions of a user: the subject is unique within one provider only.
    pub(crate) fn user(provider: &str, subject: &str) -> Self {
        Self::of("user", provider, subject)
    }

    /// The sessions that began from one session at the provider (`sid`, OpenID Connect Back-Channel
    /// Logout 1.0 §2.1): unique within one issuer only.
    pub(crate) fn provider_session(issuer: &str, sid: &str) -> Self {
        Self::of("provider session", issuer, sid)
    }

    /// Those of a user's sessions whose sign-in named no session at the provider.
    pub(crate) fn without_provider_session(provider: &str, subject: &str) -> Self {
        Self::of("no provider session", provider, subject)
    }

    /// The key again, from [`as_bytes`](Self::as_bytes).
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Lengths go in front, so that no two pairs are hashed from the same bytes.
    fn of(kind: &str, authority: &str, name: &str) -> Self {
        let mut text = Vec::with_capacity(24 + kind.len() + authority.len() + name.len());
        for part in [kind, authority, name] {
            text.extend((part.len() as u64).to_be_bytes());
            text.extend(part.as_bytes());
        }
        Self(sha256(&text))
    }
}

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, ..] = self.0;
        write!(f, "IndexKey({first:02x}{second:02x}{third:02x}…)")
    }
}

/// What a session is found by and recognized by; written once, with its record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IndexEntry {
    /// Two at most: one for the user, one for the session at the provider.
    pub keys: Vec<IndexKey>,
    /// Ciphertext, some 200 bytes: what a list of the user's sessions shows.
    pub summary: Vec<u8>,
}

/// A session that was found by an [`IndexKey`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IndexedSession {
    /// The record's key.
    pub key: SessionKey,
    /// The record's expiry, as the last write or touch set it.
    pub expires_at: SystemTime,
    /// As [`IndexEntry::summary`].
    pub summary: Vec<u8>,
}

/// The index keys of one session, computed once.
#[derive(Clone, Debug)]
pub(crate) struct IndexKeys {
    user: Option<IndexKey>,
    provider_session: Option<IndexKey>,
}

impl IndexKeys {
    pub(crate) fn of(record: &Record) -> Self {
        let subject = record.subject();
        let origin = &record.origin;
        let provider = &record.provider;
        let unnamed = |subject| IndexKey::without_provider_session(provider, subject);
        Self {
            user: subject.map(|subject| IndexKey::user(provider, subject)),
            provider_session: match &origin.provider_session {
                Some(sid) => Some(IndexKey::provider_session(&origin.issuer, sid)),
                None => subject.map(unnamed),
            },
        }
    }

    /// The user's key.
    pub(crate) fn user(&self) -> Option<IndexKey> {
        self.user
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = IndexKey> {
        self.user.into_iter().chain(self.provider_session)
    }
}

#[cfg(test)]
mod tests {
    use super::IndexKey;

    #[test]
    fn what_differs_in_any_part_has_another_key() {
        let keys = [
            IndexKey::user("contoso", "ada"),
            IndexKey::user("contosoa", "da"),
            IndexKey::user("fabrikam", "ada"),
            IndexKey::provider_session("contoso", "ada"),
            IndexKey::without_provider_session("contoso", "ada"),
            IndexKey::user("contoso", "Ada"),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{index}");
        }
        assert_eq!(keys[0], IndexKey::user("contoso", "ada"));
    }
}
