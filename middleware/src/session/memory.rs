//! Sessions in this process: for one instance, and for development.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::store::{Replaced, SessionKey, SessionStore, StoreError, StoredRecord};
use crate::future::BoxFuture;

/// A bounded store in memory. Sessions end with the process.
#[derive(Debug)]
pub struct MemoryStore {
    contents: Mutex<Contents>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Contents {
    records: HashMap<SessionKey, StoredRecord>,
    /// At this size the next insert throws out what has expired.
    sweep_at: usize,
}

impl MemoryStore {
    /// Keeps at most `capacity` sessions. Expired ones are thrown out as the store grows; a full
    /// store drops the sixteenth part that would expire first.
    pub fn new(capacity: usize) -> Self {
        Self {
            contents: Mutex::default(),
            capacity: capacity.max(1),
        }
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
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        let mut contents = self.contents();
        contents.sweep(self.capacity);
        let free = !contents.records.contains_key(&key);
        if free {
            contents.records.insert(
                key,
                StoredRecord {
                    version: 1,
                    ..record
                },
            );
        }
        ready(Ok(free))
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        ready(Ok(self.contents().records.get(&key).cloned()))
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        let outcome = match self.contents().records.get_mut(&key) {
            None => Replaced::Missing,
            Some(present) if present.version != expected => Replaced::Conflict,
            Some(present) => {
                *present = StoredRecord {
                    version: expected + 1,
                    ..record
                };
                Replaced::Done
            }
        };
        ready(Ok(outcome))
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<(), StoreError>> {
        if let Some(record) = self.contents().records.get_mut(&key) {
            record.expires_at = expires_at;
        }
        ready(Ok(()))
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        ready(Ok(self.contents().records.remove(&key).is_some()))
    }
}

impl Contents {
    /// Throws out what has expired whenever the store has doubled, and makes room in a full one. A
    /// sixteenth at a time, so that a full store does not sort itself for every sign-in.
    fn sweep(&mut self, capacity: usize) {
        if self.records.len() < self.sweep_at.min(capacity) {
            return;
        }
        let now = SystemTime::now();
        self.records.retain(|_, record| record.expires_at > now);
        let left = self.records.len();
        if left >= capacity {
            let expiries = self.records.values().map(|record| record.expires_at);
            let mut expiries: Vec<_> = expiries.collect();
            let (_, limit, _) = expiries.select_nth_unstable(left / 16);
            let limit = *limit;
            let mut surplus = left / 16 + 1;
            self.records.retain(|_, record| {
                let drop = surplus > 0 && record.expires_at <= limit;
                surplus -= usize::from(drop);
                !drop
            });
        }
        self.sweep_at = (self.records.len() * 2).max(SMALLEST_SWEEP);
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, T> {
    Box::pin(std::future::ready(value))
}

/// Below this size sweeping is not worth it.
const SMALLEST_SWEEP: usize = 1024;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn record(seconds: u64) -> StoredRecord {
        let expires_at = SystemTime::now() + Duration::from_secs(seconds);
        StoredRecord {
            version: 0,
            expires_at,
            bytes: vec![1],
        }
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
        assert!(store.insert(key(1), record(60)).await.unwrap());
        assert!(!store.insert(key(1), record(60)).await.unwrap());
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
            store.insert(key(number), record(seconds)).await.unwrap();
        }
        assert!(store.load(key(2)).await.unwrap().is_none());
        for number in [1, 3, 4] {
            assert!(store.load(key(number)).await.unwrap().is_some(), "{number}");
        }
    }
}
