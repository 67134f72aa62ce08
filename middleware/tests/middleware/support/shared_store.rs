//! A store in a test's hands.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tower_b2c::{
    BoxFuture, IndexEntry, IndexKey, IndexedSession, Lease, LockKey, MemoryStore, Replaced,
    SessionKey, SessionStore, StoreError, StoredRecord,
};

/// One store for several instances, which counts the visits that it hears of and remembers what was
/// inserted last.
#[derive(Clone, Default)]
pub struct Shared {
    store: Arc<MemoryStore>,
    visits: Arc<AtomicUsize>,
    loads: Arc<AtomicUsize>,
    last: Arc<Mutex<Option<(StoredRecord, IndexEntry)>>>,
}

impl Shared {
    pub fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// How many times it was asked for a record.
    pub fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    pub fn last_inserted(&self) -> (StoredRecord, IndexEntry) {
        self.last.lock().unwrap().clone().expect("a sign-in")
    }
}

impl SessionStore for Shared {
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        *self.last.lock().unwrap() = Some((record.clone(), index.clone()));
        self.store.insert(key, record, index)
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.store.load(key)
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        self.store.replace(key, expected, record)
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.visits.fetch_add(1, Ordering::SeqCst);
        self.store.touch(key, expires_at)
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.store.delete(key)
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        self.store.find_indexed(index, limit)
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.store.delete_indexed(index, except)
    }

    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        self.store.lock(key, lasts)
    }

    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        self.store.renew(lease, lasts)
    }

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.store.unlock(lease)
    }
}
