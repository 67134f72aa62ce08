//! Where sessions rest: a small contract over opaque bytes.

use std::fmt;
use std::time::SystemTime;

use super::index::{IndexEntry, IndexKey, IndexedSession};
use crate::cookie::SessionId;
use crate::crypto::sha256;
use crate::future::BoxFuture;

/// Keeps sealed session records.
///
/// A store sees neither user nor token: keys are hashes, records are ciphertext whose key only the
/// browser has. Two rules make sessions safe against lost updates and against resurrection after
/// sign-out: [`insert`](Self::insert) never overwrites, [`replace`](Self::replace) never creates.
///
/// # The index
///
/// A user's sessions are listed, and ended together, by an [`IndexKey`]. Each record comes with the
/// one or two keys that it is found by; they never change, and the record's end, by
/// [`delete`](Self::delete) or by expiry, is the end of its entries. A record must be found as soon
/// as its `insert` is done, or a sign-out everywhere would miss it. An entry may outlive its record,
/// provided that it is not returned then.
///
/// In SQL the keys are two indexed columns of the record's row. In Redis each is a sorted set of
/// record keys scored by expiry, written in one transaction with the record, with the expiry of its
/// longest-lived member; members past their score are removed in passing.
///
/// [`MemoryStore`](super::MemoryStore) is the reference to read.
pub trait SessionStore: Send + Sync + 'static {
    /// Adds a record with version 1 and its index entries, unless the key is taken; tells whether
    /// it was added.
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// The record under this key; one past its `expires_at` may already be gone.
    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>>;

    /// Puts `record` in place of the one of version `expected` (compare-and-swap).
    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>>;

    /// Moves the expiry of a record that exists; its version stays. Tells whether there is one: if
    /// not, another instance has ended the session, and this one forgets it.
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

/// What a record is stored under: SHA-256 of the session's id.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    pub(crate) fn of(id: &SessionId) -> Self {
        Self(sha256(id))
    }

    /// The key again, from [`as_bytes`](Self::as_bytes).
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SessionKey {
    /// The first bytes: enough to follow one session through a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, ..] = self.0;
        write!(f, "SessionKey({first:02x}{second:02x}{third:02x}…)")
    }
}

/// A session as a store keeps it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredRecord {
    /// Counts the writes; [`SessionStore::replace`] compares it.
    pub version: u64,
    /// When the record may be thrown away.
    pub expires_at: SystemTime,
    /// Ciphertext.
    pub bytes: Vec<u8>,
}

/// How a [`SessionStore::replace`] ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Replaced {
    /// The new record is in place.
    Done,
    /// Somebody else wrote in between; nothing was changed.
    Conflict,
    /// There is no record under this key (any more); nothing was created.
    Missing,
}

/// A store that cannot do its work at present.
#[derive(Debug)]
pub struct StoreError(Box<dyn std::error::Error + Send + Sync>);

impl StoreError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the session store is not available: {}", self.0)
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}
