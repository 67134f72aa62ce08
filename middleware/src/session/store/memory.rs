//! Sessions in this process: for one instance, and for development.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::contract::SessionStore;
use super::error::StoreError;
use super::invalidation::{Invalidation, Invalidations};
use super::lease::{Lease, LockKey};
use super::process_locks::ProcessLocks;
use super::stored::{Replaced, SessionKey, StoredRecord};
use crate::future::BoxFuture;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};
use crate::session::multimap::Multimap;

/// A bounded store in memory. Sessions end with the process.
#[derive(Debug)]
pub struct MemoryStore {
    contents: Mutex<Contents>,
    capacity: usize,
    locks: ProcessLocks,
    /// For the instances that share it: several layers in one process.
    writes: broadcast::Sender<Invalidation>,
}

#[derive(Debug, Default)]
struct Contents {
    records: HashMap<SessionKey, Entry>,
    index: Multimap<SessionKey>,
    /// At this size the next insert throws out what has expired.
    sweep_at: usize,
}

#[derive(Debug)]
struct Entry {
    record: StoredRecord,
    index: IndexEntry,
}

impl MemoryStore {
    /// Keeps at most `capacity` sessions. Expired ones are thrown out as the store grows; a full
    /// store drops the sixteenth part that would expire first.
    pub fn new(capacity: usize) -> Self {
        Self {
            contents: Mutex::default(),
            capacity: capacity.max(1),
            locks: ProcessLocks::default(),
            writes: broadcast::channel(UNREAD).0,
        }
    }

    fn announce(&self, write: Invalidation) {
        // Nobody may be listening.
        let _ = self.writes.send(write);
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    /// 100,000 sessions.
    fn default() -> Self {
        Self::new(100_000)
    }
}

impl SessionStore for MemoryStore {
    fn backend(&self) -> &'static str {
        "memory"
    }

    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        let mut contents = self.contents();
        contents.sweep(self.capacity);
        let free = !contents.records.contains_key(&key);
        if free {
            let record = StoredRecord {
                version: 1,
                ..record
            };
            contents.index.add(index.keys.iter().copied(), key);
            contents.records.insert(key, Entry { record, index });
        }
        ready(Ok(free))
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        let contents = self.contents();
        let entry = contents.records.get(&key);
        ready(Ok(entry.map(|entry| entry.record.clone())))
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        let outcome = match self.contents().records.get_mut(&key) {
            None => Replaced::Missing,
            Some(present) if present.record.version != expected => Replaced::Conflict,
            Some(present) => {
                present.record = StoredRecord {
                    version: expected + 1,
                    ..record
                };
                Replaced::Done
            }
        };
        if outcome == Replaced::Done {
            let version = expected + 1;
            self.announce(Invalidation::Changed { key, version });
        }
        ready(Ok(outcome))
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        let mut contents = self.contents();
        let entry = contents.records.get_mut(&key);
        let exists = entry.is_some();
        if let Some(entry) = entry {
            entry.record.expires_at = expires_at;
        }
        ready(Ok(exists))
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        let removed = self.contents().remove(key);
        if removed {
            self.announce(Invalidation::Ended(key));
        }
        ready(Ok(removed))
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        let contents = self.contents();
        let found = contents.index.find(index).filter_map(|key| {
            let entry = contents.records.get(&key)?;
            Some(IndexedSession {
                key,
                expires_at: entry.record.expires_at,
                summary: entry.index.summary.clone(),
            })
        });
        ready(Ok(found.take(limit).collect()))
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        let mut contents = self.contents();
        let keys = contents
            .index
            .find(index)
            .filter(|key| Some(*key) != except);
        let keys: Vec<_> = keys.collect();
        for key in &keys {
            contents.remove(*key);
            self.announce(Invalidation::Ended(*key));
        }
        ready(Ok(keys.len()))
    }

    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        let writes: Box<dyn Invalidations> = Box::new(Writes(self.writes.subscribe()));
        ready(Ok(Some(writes)))
    }

    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        ready(Ok(self.locks.lock(key, lasts)))
    }

    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        ready(Ok(self.locks.renew(lease, lasts)))
    }

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        ready(Ok(self.locks.unlock(lease)))
    }
}

/// The writes since it was asked for.
struct Writes(broadcast::Receiver<Invalidation>);

impl Invalidations for Writes {
    fn next(&mut self) -> BoxFuture<'_, Result<Invalidation, StoreError>> {
        Box::pin(async {
            match self.0.recv().await {
                Ok(write) => Ok(write),
                Err(RecvError::Lagged(_)) => Ok(Invalidation::Missed),
                Err(RecvError::Closed) => Err(StoreError::new("the store is gone")),
            }
        })
    }
}

impl Contents {
    fn remove(&mut self, key: SessionKey) -> bool {
        let Some(entry) = self.records.remove(&key) else {
            return false;
        };
        self.index.remove(entry.index.keys, key);
        true
    }

    /// Throws out what has expired whenever the store has doubled, and makes room in a full one. A
    /// sixteenth at a time, so that a full store does not sort itself for every sign-in.
    fn sweep(&mut self, capacity: usize) {
        if self.records.len() < self.sweep_at.min(capacity) {
            return;
        }
        let now = SystemTime::now();
        self.remove_where(|record| record.expires_at <= now);
        let left = self.records.len();
        if left >= capacity {
            let expiries = self.records.values().map(|entry| entry.record.expires_at);
            let mut expiries: Vec<_> = expiries.collect();
            let (_, limit, _) = expiries.select_nth_unstable(left / 16);
            let limit = *limit;
            let mut surplus = left / 16 + 1;
            self.remove_where(|record| {
                let drop = surplus > 0 && record.expires_at <= limit;
                surplus -= usize::from(drop);
                drop
            });
        }
        self.sweep_at = (self.records.len() * 2).max(SMALLEST_SWEEP);
    }

    fn remove_where(&mut self, mut goes: impl FnMut(&StoredRecord) -> bool) {
        let gone = self.records.extract_if(|_, entry| goes(&entry.record));
        for (key, entry) in gone {
            self.index.remove(entry.index.keys, key);
        }
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, T> {
    Box::pin(std::future::ready(value))
}

/// How many writes wait for a slow listener.
const UNREAD: usize = 256;
/// Below this size sweeping is not worth it.
const SMALLEST_SWEEP: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn record(seconds: u64) -> StoredRecord {
        let expires_at = SystemTime::now() + Duration::from_secs(seconds);
        StoredRecord {
            version: 0,
            expires_at,
            bytes: vec![1],
        }
    }

    fn of(user: &str) -> IndexEntry {
        IndexEntry {
            keys: vec![IndexKey::user("provider", user)],
            summary: user.as_bytes().to_vec(),
        }
    }

    async fn sessions(store: &MemoryStore, user: &str) -> usize {
        let index = IndexKey::user("provider", user);
        store.find_indexed(index, 10).await.unwrap().len()
    }

    fn key(number: u8) -> SessionKey {
        SessionKey::of(&[number; 16])
    }

    #[tokio::test]
    async fn insert_never_overwrites_and_replace_never_creates() {
        let store = MemoryStore::default();
        assert_eq!(
            store.replace(key(1), 1, record(60)).await.unwrap(),
            Replaced::Missing
        );
        assert!(store.insert(key(1), record(60), of("ada")).await.unwrap());
        assert!(!store.insert(key(1), record(60), of("ada")).await.unwrap());
        assert_eq!(
            store.replace(key(1), 1, record(60)).await.unwrap(),
            Replaced::Done
        );
        assert_eq!(
            store.replace(key(1), 1, record(60)).await.unwrap(),
            Replaced::Conflict
        );
        assert_eq!(store.load(key(1)).await.unwrap().unwrap().version, 2);
        store.delete(key(1)).await.unwrap();
        assert_eq!(
            store.replace(key(1), 2, record(60)).await.unwrap(),
            Replaced::Missing
        );
    }

    #[tokio::test]
    async fn a_full_store_drops_what_expires_first() {
        let store = MemoryStore::new(3);
        for (number, seconds) in [(1, 300), (2, 100), (3, 200), (4, 400)] {
            let inserted = store.insert(key(number), record(seconds), of("ada"));
            assert!(inserted.await.unwrap());
        }
        assert!(store.load(key(2)).await.unwrap().is_none());
        for number in [1, 3, 4] {
            assert!(store.load(key(number)).await.unwrap().is_some(), "{number}");
        }
    }

    #[tokio::test]
    async fn the_index_follows_the_records() {
        let store = MemoryStore::new(3);
        for (number, seconds) in [(1, 300), (2, 100), (3, 200)] {
            let user = if number == 3 { "grace" } else { "ada" };
            let inserted = store.insert(key(number), record(seconds), of(user));
            assert!(inserted.await.unwrap());
            assert!(
                number == 3
                    || !store
                        .insert(key(number), record(9), of("grace"))
                        .await
                        .unwrap()
            );
        }
        assert_eq!(
            (
                sessions(&store, "ada").await,
                sessions(&store, "grace").await
            ),
            (2, 1)
        );
        // The store is full: the second goes, and its entry with it.
        assert!(store.insert(key(4), record(400), of("ada")).await.unwrap());
        let index = IndexKey::user("provider", "ada");
        let found = store.find_indexed(index, 10).await.unwrap();
        assert!(found.len() == 2 && found.iter().all(|session| session.key != key(2)));
        assert_eq!(store.find_indexed(index, 1).await.unwrap().len(), 1);

        assert_eq!(store.delete_indexed(index, Some(key(4))).await.unwrap(), 1);
        assert_eq!(sessions(&store, "ada").await, 1);
        store.delete(key(4)).await.unwrap();
        assert_eq!(store.delete_indexed(index, None).await.unwrap(), 0);
        let contents = store.contents.lock().unwrap();
        assert_eq!(contents.index.len(), 1, "nothing is left of ada");
    }
}
