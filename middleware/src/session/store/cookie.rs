//! The store of those who keep sessions in the browser: what an instance remembers of them.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::contract::SessionStore;
use super::error::StoreError;
use super::invalidation::{Invalidation, Invalidations};
use super::lease::{Lease, LockKey};
use super::memory::MemoryStore;
use super::stored::{Replaced, SessionKey, StoredRecord};
use crate::future::BoxFuture;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};

/// Hands the newest record of a session over between requests that carry an older one, and remembers
/// which sessions have ended here. The browser has the record that counts; what is forgotten here is
/// as the browser says.
pub(crate) struct CookieStore {
    known: Mutex<Known>,
    locks: MemoryStore,
}

struct Known {
    records: Generations<SessionKey, StoredRecord>,
    /// Until when their cookies would count.
    ended: Generations<SessionKey, ()>,
}

/// What became of a record that a browser brought.
pub(crate) enum Brought {
    /// It is the newest.
    Newest,
    /// Another request has changed it since.
    Overtaken(StoredRecord),
    /// The session has ended on this instance.
    Ended,
}

impl CookieStore {
    /// Takes the record that a browser brought, unless a newer one is known.
    pub(crate) fn bring(&self, key: SessionKey, record: StoredRecord) -> Brought {
        let mut known = self.known();
        if known.ended.get(&key).is_some() {
            return Brought::Ended;
        }
        match known.records.get(&key) {
            Some(present) if present.version >= record.version => {
                present.expires_at = present.expires_at.max(record.expires_at);
                if present.version > record.version {
                    return Brought::Overtaken(present.clone());
                }
            }
            _ => known.records.insert(key, record),
        }
        Brought::Newest
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for CookieStore {
    fn default() -> Self {
        let known = Known {
            records: Generations::new(MOST_RECORDS),
            ended: Generations::new(MOST_ENDED),
        };
        Self {
            known: Mutex::new(known),
            locks: MemoryStore::new(MOST_RECORDS),
        }
    }
}

impl SessionStore for CookieStore {
    fn backend(&self) -> &'static str {
        "cookie"
    }

    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        _: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        let mut known = self.known();
        let free = known.ended.get(&key).is_none() && known.records.get(&key).is_none();
        if free {
            let version = 1;
            known
                .records
                .insert(key, StoredRecord { version, ..record });
        }
        ready(Ok(free))
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        ready(Ok(self.known().records.get(&key).cloned()))
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        let mut known = self.known();
        if known.ended.get(&key).is_some() {
            return ready(Ok(Replaced::Missing));
        }
        // What was forgotten for room is as its holder says.
        let present = known.records.get(&key).map(|present| present.version);
        if present.is_some_and(|version| version != expected) {
            return ready(Ok(Replaced::Conflict));
        }
        let version = expected + 1;
        known
            .records
            .insert(key, StoredRecord { version, ..record });
        ready(Ok(Replaced::Done))
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        let mut known = self.known();
        if let Some(record) = known.records.get(&key) {
            record.expires_at = expires_at;
        }
        ready(Ok(known.ended.get(&key).is_none()))
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        let mut known = self.known();
        known.records.remove(&key);
        let first = known.ended.get(&key).is_none();
        known.ended.insert(key, ());
        ready(Ok(first))
    }

    fn find_indexed(
        &self,
        _: IndexKey,
        _: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        ready(Err(StoreError::in_browsers()))
    }

    fn delete_indexed(
        &self,
        _: IndexKey,
        _: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        ready(Err(StoreError::in_browsers()))
    }

    /// Nothing is ever heard of other instances, and no session is looked up again for that.
    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        ready(Ok(Some(Box::new(Silence) as Box<dyn Invalidations>)))
    }

    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        self.locks.lock(key, lasts)
    }

    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        self.locks.renew(lease, lasts)
    }

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.locks.unlock(lease)
    }
}

impl fmt::Debug for CookieStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieStore(…)")
    }
}

/// A bounded map that forgets what was not looked at for longest, roughly: what is looked at moves to
/// the young half, and when that is full it becomes the old one.
pub(crate) struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
}

impl<K: Eq + Hash + Copy, V> Generations<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            half: (capacity / 2).max(1),
        }
    }

    pub(crate) fn get(&mut self, key: &K) -> Option<&mut V> {
        if let Some(value) = self.old.remove(key) {
            self.insert(*key, value);
        }
        self.young.get_mut(key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.old.remove(&key);
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    pub(crate) fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }

    pub(crate) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

struct Silence;

impl Invalidations for Silence {
    fn next(&mut self) -> BoxFuture<'_, Result<Invalidation, StoreError>> {
        Box::pin(std::future::pending())
    }
}

fn ready<T: Send + 'static>(value: T) -> BoxFuture<'static, T> {
    Box::pin(std::future::ready(value))
}

/// Twice as many as there are sessions in memory.
const MOST_RECORDS: usize = 20_000;

/// Some 40 bytes each.
const MOST_ENDED: usize = 200_000;

#[cfg(test)]
mod tests {
    use super::Generations;

    #[test]
    fn what_is_looked_at_stays_and_no_more_than_the_capacity() {
        let mut map = Generations::new(10);
        for number in 0..100 {
            map.insert(number, number);
            assert_eq!(map.get(&0).copied(), Some(0), "at {number}");
            assert!(map.young.len() + map.old.len() <= 10);
        }
        assert_eq!(map.get(&1), None);
        assert_eq!(map.get(&99).copied(), Some(99));
    }
}
