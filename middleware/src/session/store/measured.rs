//! A store with a watch beside it (feature `metrics`).

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::concern::StoreConcern;
use super::contract::SessionStore;
use super::error::StoreError;
use super::invalidation::Invalidations;
use super::lease::{Lease, LockKey};
use super::stored::{Replaced, SessionKey, StoredRecord};
use crate::future::BoxFuture;
use crate::metrics::store_command;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};

/// Counts and times each operation of another store.
pub(crate) struct Measured(Arc<dyn SessionStore>);

impl Measured {
    pub(crate) fn new(store: Arc<dyn SessionStore>) -> Self {
        Self(store)
    }
}

/// Times the work, whichever way it ends.
fn timed<'a, T: 'a>(
    operation: &'static str,
    work: BoxFuture<'a, Result<T, StoreError>>,
) -> BoxFuture<'a, Result<T, StoreError>> {
    Box::pin(async move {
        let began = Instant::now();
        let outcome = work.await;
        store_command(operation, outcome.is_ok(), began);
        outcome
    })
}

impl SessionStore for Measured {
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        timed("insert", self.0.insert(key, record, index))
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        timed("load", self.0.load(key))
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        timed("replace", self.0.replace(key, expected, record))
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        timed("touch", self.0.touch(key, expires_at))
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        timed("delete", self.0.delete(key))
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        timed("find_indexed", self.0.find_indexed(index, limit))
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        timed("delete_indexed", self.0.delete_indexed(index, except))
    }

    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        timed("invalidations", self.0.invalidations())
    }

    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        timed("lock", self.0.lock(key, lasts))
    }

    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        timed("renew", self.0.renew(lease, lasts))
    }

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        timed("unlock", self.0.unlock(lease))
    }

    fn concerns(&self) -> BoxFuture<'_, Result<Vec<StoreConcern>, StoreError>> {
        self.0.concerns()
    }
}
