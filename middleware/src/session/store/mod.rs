//! Where do sessions rest?

mod answered;
mod check;
mod concern;
mod configured;
mod contract;
mod cookie;
mod error;
mod invalidation;
mod lease;
mod memory;
mod observed;
mod process_locks;
mod stored;

#[cfg(feature = "testing")]
mod conformance;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod sql;
#[cfg(feature = "tower-sessions")]
mod tower_sessions;

pub use check::StoreCheck;
pub use concern::StoreConcern;
pub use contract::SessionStore;
pub use error::StoreError;
pub use invalidation::{Invalidation, Invalidations};
pub use lease::{Lease, LockKey};
pub use memory::MemoryStore;
pub use stored::{Replaced, SessionKey, StoredRecord};

#[cfg(feature = "testing")]
pub use conformance::{BrokenRule, broken_rules, store_conformance};
#[cfg(feature = "redis")]
pub use redis::{RedisStore, RedisToken, RedisTokens};
#[cfg(feature = "postgres")]
pub use sql::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sql::SqliteStore;
#[cfg(feature = "tower-sessions")]
pub use tower_sessions::TowerSessionsStore;

pub(crate) use answered::Answered;
pub(crate) use check::check_store;
pub(crate) use configured::{Home, configured_store};
pub(crate) use cookie::{Brought, CookieStore, Generations};
pub(crate) use observed::Observed;
