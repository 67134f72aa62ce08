//! A store for several instances, which fails as a test wants it to and counts what it does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use tower_b2c::{
    BoxFuture, IndexEntry, IndexKey, IndexedSession, Invalidations, Lease, LockKey, MemoryStore,
    Replaced, SessionKey, SessionStore, StoreError, StoredRecord,
};

/// Unless it is a telling one, instances know only what they look up.
#[derive(Clone, Default)]
pub struct TroubledStore {
    memory: Arc<MemoryStore>,
    tells: bool,
    is_away: Arc<AtomicBool>,
    hangs: Arc<AtomicBool>,
    has_no_locks: Arc<AtomicBool>,
    writes: Arc<AtomicUsize>,
    loads: Arc<AtomicUsize>,
}

impl TroubledStore {
    /// One that tells of writes.
    pub fn telling() -> Self {
        Self {
            tells: true,
            ..Self::default()
        }
    }

    /// How many records have been looked up.
    pub fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    pub fn goes_away(&self, away: bool) {
        self.is_away.store(away, Ordering::SeqCst);
    }

    /// From now on it takes questions about records and answers none of them, or does again.
    pub fn hangs(&self, hangs: bool) {
        self.hangs.store(hangs, Ordering::SeqCst);
    }

    /// How many records have been replaced.
    pub fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    /// From now on it does not answer about locks.
    pub fn loses_its_locks(&self) {
        self.has_no_locks.store(true, Ordering::SeqCst);
    }

    fn there(&self) -> Result<&MemoryStore, StoreError> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(StoreError::new("away"));
        }
        Ok(&self.memory)
    }

    fn with_locks(&self) -> Result<&MemoryStore, StoreError> {
        if self.has_no_locks.load(Ordering::SeqCst) {
            return Err(StoreError::new("no locks"));
        }
        self.there()
    }
}

impl SessionStore for TroubledStore {
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move { self.there()?.insert(key, record, index).await })
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if self.hangs.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            self.there()?.load(key).await
        })
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        Box::pin(async move {
            let replaced = self.there()?.replace(key, expected, record).await;
            self.writes.fetch_add(1, Ordering::SeqCst);
            replaced
        })
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move { self.there()?.touch(key, expires_at).await })
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move { self.there()?.delete(key).await })
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        Box::pin(async move { self.there()?.find_indexed(index, limit).await })
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            let ended = self.there()?.delete_indexed(index, except).await;
            // Those who listen may hear of it before its answer is here.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            ended
        })
    }

    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        Box::pin(async move {
            if !self.tells {
                return Ok(None);
            }
            self.there()?.invalidations().await
        })
    }

    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(async move { self.with_locks()?.lock(key, lasts).await })
    }

    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(async move { self.with_locks()?.renew(lease, lasts).await })
    }

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move { self.with_locks()?.unlock(lease).await })
    }
}
