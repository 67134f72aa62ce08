//! Where sessions rest: a small contract over opaque bytes.

use std::sync::Arc;
use std::time::SystemTime;

use super::error::StoreError;
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
}
