//! Where do sessions rest?

mod contract;
mod error;
mod memory;
mod stored;

#[cfg(feature = "testing")]
mod conformance;

pub use contract::SessionStore;
pub use error::StoreError;
pub use memory::MemoryStore;
pub use stored::{Replaced, SessionKey, StoredRecord};

#[cfg(feature = "testing")]
pub use conformance::{BrokenRule, store_conformance};
