//! Who is this?

mod authentication;
mod bound;
mod cache;
mod carried;
mod claim_name;
mod claims;
mod coherence;
mod create;
mod end;
mod find;
mod handle;
mod index;
mod kept_form;
mod later;
mod limit;
mod live;
mod lookup;
mod multimap;
mod once;
mod origin;
mod record;
mod registry;
mod revoke;
mod shed;
mod step_up;
mod store;
mod summary;
mod unheard;
mod unknown;
mod update;
mod user_sessions;
mod watch;

pub use claims::Claims;
pub use handle::Session;
pub use index::{IndexEntry, IndexKey, IndexedSession};
#[cfg(feature = "postgres")]
pub use store::PostgresStore;
#[cfg(feature = "sqlite")]
pub use store::SqliteStore;
#[cfg(feature = "tower-sessions")]
pub use store::TowerSessionsStore;
#[cfg(feature = "testing")]
pub use store::{BrokenRule, broken_rules, store_conformance};
pub use store::{
    Invalidation, Invalidations, Lease, LockKey, MemoryStore, Replaced, SessionKey, SessionStore,
    StoreCheck, StoreConcern, StoreError, StoredRecord,
};
#[cfg(feature = "redis")]
pub use store::{RedisStore, RedisToken, RedisTokens};
pub use user_sessions::{UserSession, UserSessions};

pub(crate) use authentication::{Authentication, auth_time, is_recent};
pub(crate) use carried::Carried;
pub(crate) use create::CreateError;
pub(crate) use find::Peeked;
pub(crate) use kept_form::{FormBudget, KEPT_FOR, KeptForm};
pub(crate) use live::Live;
pub(crate) use once::Mark;
pub(crate) use origin::Origin;
pub(crate) use record::{CachedToken, Grant, Record, RefreshPause};
pub(crate) use registry::Sessions;
pub(crate) use store::{Home, Observed, check_store, configured_store};
pub(crate) use update::UpdateError;
