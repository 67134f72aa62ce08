//! What the rules are tried with.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::crypto::random;
use crate::session::index::{IndexEntry, IndexKey};
use crate::session::store::{SessionKey, SessionStore, StoreError, StoredRecord};
use crate::time::Timestamp;

/// Two handles to one store.
pub(super) struct Bench {
    pub(super) one: Arc<dyn SessionStore>,
    pub(super) other: Arc<dyn SessionStore>,
}

impl Bench {
    pub(super) fn new(one: impl SessionStore, other: impl SessionStore) -> Self {
        Self {
            one: Arc::new(one),
            other: Arc::new(other),
        }
    }

    /// The handles in turn, for as many tasks.
    pub(super) fn handles(&self, count: usize) -> Vec<Arc<dyn SessionStore>> {
        let both = [&self.one, &self.other].into_iter().cycle();
        both.take(count).cloned().collect()
    }

    /// A session of a new user, in the store; with the key that finds it.
    pub(super) async fn session(&self, text: &str) -> Result<(SessionKey, IndexKey), Breach> {
        let (key, user) = (fresh_key(), fresh_index());
        self.add(key, record(text, MINUTE), &[user]).await?;
        Ok((key, user))
    }

    pub(super) async fn add(
        &self,
        key: SessionKey,
        record: StoredRecord,
        of: &[IndexKey],
    ) -> Verdict {
        let inserted = self.one.insert(key, record, entry(of)).await?;
        ensure(inserted, || "insert under a free key answered false".into())
    }

    /// What the other handle reads.
    pub(super) async fn load(&self, key: SessionKey) -> Result<Option<StoredRecord>, Breach> {
        Ok(self.other.load(key).await?)
    }

    pub(super) async fn loaded(&self, key: SessionKey) -> Result<StoredRecord, Breach> {
        let found = self.load(key).await?;
        found.ok_or_else(|| Breach("a record that has not ended is not there".into()))
    }

    /// What the other handle finds, in the keys' order.
    pub(super) async fn found(&self, index: IndexKey) -> Result<Vec<SessionKey>, Breach> {
        let found = self.other.find_indexed(index, 10_000).await?;
        let mut keys: Vec<_> = found.iter().map(|session| session.key).collect();
        keys.sort_unstable_by_key(|key| *key.as_bytes());
        Ok(keys)
    }

    /// Nothing of a session is left.
    pub(super) async fn is_gone(&self, key: SessionKey, index: IndexKey, after: &str) -> Verdict {
        let loaded = self.load(key).await?;
        ensure(loaded.is_none(), || {
            format!("after {after} the record is still there")
        })?;
        let found = self.found(index).await?;
        ensure(!found.contains(&key), || {
            format!("after {after} the index still lists the session")
        })
    }
}

/// How a rule was broken.
#[derive(Debug)]
pub(super) struct Breach(pub(super) String);

impl From<StoreError> for Breach {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

/// The outcome of one rule.
pub(super) type Verdict = Result<(), Breach>;

pub(super) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Verdict {
    holds.then_some(()).ok_or_else(|| Breach(otherwise()))
}

pub(super) fn fresh_key() -> SessionKey {
    SessionKey::from_bytes(random())
}

pub(super) fn fresh_index() -> IndexKey {
    IndexKey::from_bytes(random())
}

/// A record as the layer hands it over: without a version.
pub(super) fn record(text: &str, lives: Duration) -> StoredRecord {
    StoredRecord {
        version: 0,
        expires_at: later(lives),
        bytes: text.as_bytes().to_vec(),
    }
}

pub(super) fn entry(keys: &[IndexKey]) -> IndexEntry {
    IndexEntry {
        keys: keys.to_vec(),
        summary: SUMMARY.to_vec(),
    }
}

/// From now on, in whole seconds: a store need not keep fractions.
pub(super) fn later(span: Duration) -> SystemTime {
    (Timestamp::of(SystemTime::now()) + span).to_system_time()
}

pub(super) const MINUTE: Duration = Duration::from_secs(60);
/// Not UTF-8.
pub(super) const SUMMARY: &[u8] = b"\0summary\xff";
