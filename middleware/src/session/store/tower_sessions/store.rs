//! The contract, over load, save and delete.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store;

use super::index::Listed;
use super::record::Kept;
use super::turns::Turns;
use crate::future::BoxFuture;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};
use crate::session::store::{Replaced, SessionKey, SessionStore, StoreError, StoredRecord};

/// Sessions in any store of `tower-sessions` 0.15 (feature `tower-sessions`).
///
/// Those stores create, save, load and delete, and no more: what the layer needs besides is made up for
/// here. The version is in the record; whoever compares it and writes takes turns with the others of this
/// process; a user's sessions are listed in a record of their own.
///
/// **On one process every rule of [`SessionStore`] is kept.** Several processes on one such store do not
/// wait for each other, so that the rules of [`RULES_OF_ONE_PROCESS`](Self::RULES_OF_ONE_PROCESS) may be
/// broken when two of them write the same session, or two sessions of one user, within the same
/// milliseconds: an update may be lost, a token refreshed twice, a session missed by a sign-out everywhere, a
/// session that was just signed out saved again by a request under way elsewhere. Against that, what is
/// deleted is deleted once more after six times the [`timeout`](Self::timeout). Nobody else's session
/// is served all the same: records stay sealed. Where there are several instances, send a session's requests
/// to the same one, or take Redis or PostgreSQL.
///
/// An instance does not hear of another's writes; a sign-out there is seen here within
/// `session.revalidate_seconds`. Finding a user's sessions costs one load for each. Removing what has
/// expired is up to the store.
///
/// ```
/// # fn run(store: tower_sessions_memory_store::MemoryStore) {
/// let store = tower_b2c::TowerSessionsStore::new(store);
/// // B2cLayer::builder(config).store(store)
/// # }
/// ```
pub struct TowerSessionsStore<S> {
    store: Arc<S>,
    timeout: Duration,
    sessions: Turns,
    lists: Turns,
}

impl<S: session_store::SessionStore> TowerSessionsStore<S> {
    /// The rules, as `testing::store_conformance` names them, that hold within one process alone.
    /// `one-insert-wins` holds among several, too, where the store's `create` notices a taken id.
    pub const RULES_OF_ONE_PROCESS: &'static [&'static str] = &[
        "one-insert-wins",
        "one-replace-wins",
        "one-delete-wins",
        "no-update-is-lost",
        "nothing-is-resurrected",
        "all-of-a-user-end",
        "locks-are-exclusive",
    ];

    /// Keeps sessions in this store.
    pub fn new(store: S) -> Self {
        Self {
            store: Arc::new(store),
            timeout: Duration::from_secs(1),
            sessions: Turns::new(),
            lists: Turns::new(),
        }
    }

    /// How long each answer of the store may take. Default: 1 second.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn bounded<T>(
        &self,
        answer: impl Future<Output = session_store::Result<T>>,
    ) -> Result<T, StoreError> {
        match tokio::time::timeout(self.timeout, answer).await {
            Ok(answer) => answer.map_err(StoreError::new),
            Err(_) => {
                let waited = self.timeout.as_millis();
                let late = format!("the store did not answer within {waited} ms");
                Err(StoreError::new(late))
            }
        }
    }

    async fn load_record(&self, id: Id) -> Result<Option<Record>, StoreError> {
        self.bounded(self.store.load(&id)).await
    }

    async fn save(&self, record: &Record) -> Result<(), StoreError> {
        self.bounded(self.store.save(record)).await
    }

    async fn kept(&self, key: SessionKey) -> Result<Option<Kept>, StoreError> {
        let Some(record) = self.load_record(Kept::id(key)).await? else {
            return Ok(None);
        };
        Kept::read(key, &record)
    }

    async fn listed(&self, index: IndexKey) -> Result<Listed, StoreError> {
        let record = self.load_record(Listed::id(index)).await?;
        Ok(Listed::read(index, record.as_ref()))
    }

    /// Has a session listed until then under each of its index keys.
    async fn list(
        &self,
        key: SessionKey,
        index: &[IndexKey],
        until: SystemTime,
    ) -> Result<(), StoreError> {
        let _turn = self.lists.at(&bytes_of(index)).await;
        for index in index {
            let mut listed = self.listed(*index).await?;
            listed.set(key, until);
            self.save(&listed.write()).await?;
        }
        Ok(())
    }

    async fn unlist(&self, keys: &[SessionKey], index: IndexKey) -> Result<(), StoreError> {
        let _turn = self.lists.at(&[*index.as_bytes()]).await;
        let mut listed = self.listed(index).await?;
        listed.remove(keys);
        if listed.is_empty() {
            return self.bounded(self.store.delete(&Listed::id(index))).await;
        }
        self.save(&listed.write()).await
    }

    /// Removes a record; the index keys that it was found by, or nothing if there was none.
    async fn remove(&self, key: SessionKey) -> Result<Option<Vec<IndexKey>>, StoreError> {
        let _turn = self.sessions.at(&[*key.as_bytes()]).await;
        let Some(kept) = self.kept(key).await? else {
            return Ok(None);
        };
        self.bounded(self.store.delete(&Kept::id(key))).await?;
        Ok(Some(kept.index.keys))
    }

    /// Removes records once more when every write that another process had begun before is done: it may
    /// have saved one of them again. An id is never that of another session.
    fn remove_again(&self, keys: Vec<SessionKey>) {
        let (store, timeout) = (Arc::clone(&self.store), self.timeout);
        tokio::spawn(async move {
            // One load, and two saves of index keys before the session's own.
            tokio::time::sleep(timeout * 6).await;
            for key in keys {
                if let Err(error) = store.delete(&Kept::id(key)).await {
                    tracing::debug!(%error, "an ended session was not deleted once more");
                }
            }
        });
    }

    /// Puts what is changed in the place of what was there.
    async fn put(&self, kept: Kept, before: SystemTime) -> Result<(), StoreError> {
        let expiry = kept.record.expires_at;
        if expiry > before {
            // First, so that the list outlasts the session.
            self.list(kept.key, &kept.index.keys, expiry).await?;
        }
        self.save(&kept.write()).await
    }
}

impl<S: session_store::SessionStore> SessionStore for TowerSessionsStore<S> {
    fn backend(&self) -> &'static str {
        "tower_sessions"
    }

    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let _turn = self.sessions.at(&[*key.as_bytes()]).await;
            if self.load_record(Kept::id(key)).await?.is_some() {
                return Ok(false);
            }
            // First, so that it is found as soon as it is there; what is listed and not there is passed
            // over.
            self.list(key, &index.keys, record.expires_at).await?;
            let record = StoredRecord {
                version: 1,
                ..record
            };
            let kept = Kept { key, record, index };
            let mut written = kept.write();
            self.bounded(self.store.create(&mut written)).await?;
            if written.id == Kept::id(key) {
                return Ok(true);
            }
            // Another process was first, and the store has taken a new id.
            self.bounded(self.store.delete(&written.id)).await?;
            Ok(false)
        })
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        Box::pin(async move { Ok(self.kept(key).await?.map(|kept| kept.record)) })
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        Box::pin(async move {
            let _turn = self.sessions.at(&[*key.as_bytes()]).await;
            let Some(mut kept) = self.kept(key).await? else {
                return Ok(Replaced::Missing);
            };
            if kept.record.version != expected {
                return Ok(Replaced::Conflict);
            }
            let before = kept.record.expires_at;
            kept.record = StoredRecord {
                version: expected + 1,
                ..record
            };
            self.put(kept, before).await?;
            Ok(Replaced::Done)
        })
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let _turn = self.sessions.at(&[*key.as_bytes()]).await;
            let Some(mut kept) = self.kept(key).await? else {
                return Ok(false);
            };
            let before = std::mem::replace(&mut kept.record.expires_at, expires_at);
            self.put(kept, before).await?;
            Ok(true)
        })
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let Some(index) = self.remove(key).await? else {
                return Ok(false);
            };
            self.remove_again(vec![key]);
            for index in index {
                self.unlist(&[key], index).await?;
            }
            Ok(true)
        })
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        Box::pin(async move {
            let mut found = Vec::new();
            for key in self.listed(index).await?.keys() {
                if found.len() >= limit {
                    break;
                }
                let Some(kept) = self.kept(key).await? else {
                    continue;
                };
                found.push(IndexedSession {
                    key,
                    expires_at: kept.record.expires_at,
                    summary: kept.index.summary,
                });
            }
            Ok(found)
        })
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            let mut ended = Vec::new();
            // Each list is written once, however many go.
            let mut lists: HashMap<IndexKey, Vec<SessionKey>> = HashMap::new();
            let listed = self.listed(index).await?;
            for key in listed.keys().filter(|key| Some(*key) != except) {
                let Some(found_by) = self.remove(key).await? else {
                    continue;
                };
                ended.push(key);
                for index in found_by {
                    lists.entry(index).or_default().push(key);
                }
            }
            let count = ended.len();
            self.remove_again(ended);
            for (index, keys) in lists {
                self.unlist(&keys, index).await?;
            }
            Ok(count)
        })
    }
}

impl<S: fmt::Debug> fmt::Debug for TowerSessionsStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerSessionsStore")
            .field("store", &self.store)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn bytes_of(index: &[IndexKey]) -> Vec<[u8; 32]> {
    index.iter().map(|key| *key.as_bytes()).collect()
}
