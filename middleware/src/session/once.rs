//! Remembers for a while that something happened, where all instances see it.

use super::index::IndexEntry;
use super::live::Live;
use super::registry::Sessions;
use super::store::{SessionKey, StoreError, StoredRecord};
use crate::crypto::sha256;
use crate::time::Timestamp;

/// A mark in the store: a record without contents, under a key that no session has.
///
/// [`insert`](super::SessionStore::insert) never overwrites, so of all who set a mark, on whichever
/// instance, one is told that it was the first. Marks are bounded as sessions are: they expire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(SessionKey);

impl Mark {
    /// A token that counts once: `jti` is unique within its issuer (RFC 7519 §4.1.7).
    pub(crate) fn token(issuer: &str, jti: &str) -> Self {
        Self::of(["token", issuer, jti])
    }

    /// A session at the provider that has ended.
    pub(crate) fn ended(issuer: &str, sid: &str) -> Self {
        Self::of(["ended", issuer, sid])
    }

    /// Session ids are 16 bytes and these are more, so their hashes differ.
    fn of(parts: [&str; 3]) -> Self {
        let mut text = b"tower-b2c mark".to_vec();
        for part in parts {
            text.extend((part.len() as u64).to_be_bytes());
            text.extend(part.as_bytes());
        }
        Self(SessionKey::from_bytes(sha256(&text)))
    }
}

impl Sessions {
    /// Sets a mark until then; tells whether it was not there.
    pub(crate) async fn mark(&self, mark: Mark, until: Timestamp) -> Result<bool, StoreError> {
        let record = StoredRecord {
            version: 0,
            expires_at: until.to_system_time(),
            bytes: Vec::new(),
        };
        let nowhere = IndexEntry {
            keys: Vec::new(),
            summary: Vec::new(),
        };
        self.store.insert(mark.0, record, nowhere).await
    }

    /// Whether the provider has told, before this session began here, that it is over there.
    pub(crate) async fn came_too_late(&self, live: &Live) -> Result<bool, StoreError> {
        let record = live.record();
        let origin = &record.origin;
        let Some(sid) = &origin.provider_session else {
            return Ok(false);
        };
        let found = self.store.load(Mark::ended(&origin.issuer, sid).0).await?;
        let now = self.now().to_system_time();
        Ok(found.is_some_and(|mark| mark.expires_at > now))
    }

    /// Takes a mark back: what it stands for did not come to pass.
    pub(crate) async fn unmark(&self, mark: Mark) {
        if let Err(error) = self.store.delete(mark.0).await {
            tracing::warn!(%error, "a mark stays in the store until it expires");
        }
    }
}
