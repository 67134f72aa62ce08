//! Who is this?

mod cache;
mod claims;
mod handle;
mod live;
mod memory;
mod record;
mod registry;
mod store;

pub use claims::Claims;
pub use handle::Session;
pub use memory::MemoryStore;
pub use store::{Replaced, SessionKey, SessionStore, StoreError, StoredRecord};

pub(crate) use live::Live;
pub(crate) use record::{CachedToken, Grant, Record};
pub(crate) use registry::{Sessions, UpdateError};
