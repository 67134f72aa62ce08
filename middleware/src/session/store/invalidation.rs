//! How instances hear of each other's writes.

use super::error::StoreError;
use super::stored::SessionKey;
use crate::future::BoxFuture;

/// What an instance has to know of the others' writes, to go on answering from its own memory.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Invalidation {
    /// The record was replaced by one of this version.
    Changed {
        /// The record's key.
        key: SessionKey,
        /// Its version now.
        version: u64,
    },
    /// The record was deleted: the session ends here, too, without another look at the store.
    Ended(SessionKey),
    /// Some may have been lost, such as those of a moment without connection: every session is looked
    /// up before it is used again.
    Missed,
}

/// A store's invalidations as they come; see
/// [`SessionStore::invalidations`](super::SessionStore::invalidations).
pub trait Invalidations: Send {
    /// The next one, from any instance, this one included.
    ///
    /// # Errors
    ///
    /// When it cannot be told any more whether there are any. The layer then asks for a new stream,
    /// and until it has one looks sessions up as if there were none.
    fn next(&mut self) -> BoxFuture<'_, Result<Invalidation, StoreError>>;
}
