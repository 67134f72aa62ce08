//! An application's token in the store, where all instances find it.

use serde::{Deserialize, Serialize};

use crate::cookie::{KeyRing, KeyUse};
use crate::session::{
    CachedToken, IndexEntry, RefreshPause, SessionKey, SessionStore, StoreError, StoredRecord,
};
use crate::time::Timestamp;

/// What is known of one token, sealed with the app's key.
#[derive(Clone, Default, Deserialize, Serialize)]
pub(super) struct Known {
    /// One at most.
    pub(super) tokens: Vec<CachedToken>,
    /// A request has failed, and none is sent for a while.
    pub(super) pause: Option<RefreshPause>,
}

impl Known {
    /// Whether it has a later token than the other.
    pub(super) fn is_newer_than(&self, other: &Self) -> bool {
        let issued = |known: &Self| known.tokens.iter().map(|token| token.issued_at).max();
        issued(self) > issued(other)
    }

    pub(super) async fn load(
        store: &dyn SessionStore,
        keys: &KeyRing,
        key: SessionKey,
    ) -> Result<Option<Self>, StoreError> {
        let stored = store.load(key).await?;
        // What another key sealed is none: instances without a common key have tokens of their own.
        let text =
            stored.and_then(|stored| keys.open(KeyUse::AppToken, key.as_bytes(), &stored.bytes));
        Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
    }

    /// Puts it in place of what is there. Whoever writes holds the lock.
    pub(super) async fn save(
        &self,
        store: &dyn SessionStore,
        keys: &KeyRing,
        key: SessionKey,
    ) -> Result<(), StoreError> {
        // Strings and numbers always serialize.
        let text = serde_json::to_vec(self).unwrap_or_default();
        let ends = self.tokens.iter().map(|token| token.expires_at);
        let ends = ends.chain(self.pause.map(|pause| pause.until));
        let record = StoredRecord {
            version: 0,
            expires_at: ends.max().unwrap_or(Timestamp::default()).to_system_time(),
            bytes: keys.seal(KeyUse::AppToken, key.as_bytes(), &text),
        };
        if let Some(present) = store.load(key).await? {
            store.replace(key, present.version, record).await?;
            return Ok(());
        }
        let nowhere = IndexEntry {
            keys: Vec::new(),
            summary: Vec::new(),
        };
        store.insert(key, record, nowhere).await.map(drop)
    }
}
