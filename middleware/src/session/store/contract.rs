//! Where sessions rest: a small contract over opaque bytes.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::concern::StoreConcern;
use super::error::StoreError;
use super::invalidation::Invalidations;
use super::lease::{self, Lease, LockKey};
use super::stored::{Replaced, SessionKey, StoredRecord};
use crate::future::BoxFuture;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};

#[doc = include_str!("../../../docs/session-store.md")]
pub trait SessionStore: Send + Sync + 'static {
    /// Adds a record with version 1 and its index entries, unless the key is taken; tells whether
    /// it was added. A record that is past its `expires_at` may count as there or as gone.
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// The record under this key as it was written last, with its version and expiry; one past its
    /// `expires_at` may already be gone.
    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>>;

    /// Puts `record` in place of the one of version `expected` (compare-and-swap): its bytes and its
    /// expiry, under version `expected + 1`, whatever `record.version` says. Index entries stay.
    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>>;

    /// Moves the expiry of a record that exists, and of its index entries; its version and bytes
    /// stay. Tells whether there is one: if not, another instance has ended the session, and this
    /// one forgets it. No request waits for it.
    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// Removes a record and its index entries; tells whether there was one. Of several calls at
    /// once, one is told so.
    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// The sessions under this index key, in any order. Of more than `limit` any may be left out.
    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>>;

    /// Removes every record under this index key but `except`; tells how many there were.
    ///
    /// All that were there when the call began must be gone when it returns, in one command or in
    /// batches: there may be thousands.
    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>>;

    /// What all instances write from now on: replaced and deleted records, not visits. With it a
    /// session that is changed or ended on one instance is so on all at once.
    ///
    /// Default: `None`. Instances then look a session up again that they have had in memory for
    /// `session.revalidate_seconds`.
    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Takes a lock for a time; `None` while somebody else holds it, on any instance.
    ///
    /// Default: a record, by insert-if-absent and compare-and-swap; instances' clocks then have to
    /// agree to a fraction of what leases last.
    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(lease::lock(self, key, lasts))
    }

    /// Holds a lock for this long from now on, under the same token; `None` if it was lost. Default:
    /// as for [`lock`](Self::lock).
    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(lease::renew(self, lease, lasts))
    }

    /// Frees a lock; tells whether it was held till now. A lease that was lost frees nothing.
    /// Default: as for [`lock`](Self::lock).
    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(lease::unlock(self, lease))
    }

    /// What the store is made of, as OpenTelemetry's `db.system.name` calls it (`redis`,
    /// `postgresql`, `sqlite`, `memory`), for spans and metrics. Default: `other`. What calls
    /// itself `memory` has no spans.
    fn backend(&self) -> &'static str {
        "other"
    }

    /// What is not right with the store's server although it does its work, for a diagnosis. Default:
    /// nothing.
    fn concerns(&self) -> BoxFuture<'_, Result<Vec<StoreConcern>, StoreError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}

/// A store that several own.
impl<S: SessionStore + ?Sized> SessionStore for Arc<S> {
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        (**self).insert(key, record, index)
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        (**self).load(key)
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        (**self).replace(key, expected, record)
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        (**self).touch(key, expires_at)
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        (**self).delete(key)
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        (**self).find_indexed(index, limit)
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        (**self).delete_indexed(index, except)
    }

    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        (**self).invalidations()
    }

    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        (**self).lock(key, lasts)
    }

    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        (**self).renew(lease, lasts)
    }

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        (**self).unlock(lease)
    }

    fn backend(&self) -> &'static str {
        (**self).backend()
    }

    fn concerns(&self) -> BoxFuture<'_, Result<Vec<StoreConcern>, StoreError>> {
        (**self).concerns()
    }
}
