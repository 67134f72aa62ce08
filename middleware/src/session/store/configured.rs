//! The store that the configuration names.

use std::sync::Arc;

use super::contract::SessionStore;
use super::error::StoreError;
use super::memory::MemoryStore;
use crate::config::StoreSettings;

/// What `session.store` says; it connects when it is first used.
pub(crate) fn configured_store(
    settings: &StoreSettings,
) -> Result<Arc<dyn SessionStore>, StoreError> {
    match settings {
        StoreSettings::Memory => Ok(Arc::new(MemoryStore::default())),
        #[cfg(feature = "redis")]
        StoreSettings::Redis {
            url,
            prefix,
            timeout,
        } => {
            let store = super::redis::RedisStore::new(url)?;
            Ok(Arc::new(store.prefix(prefix).timeout(*timeout)))
        }
        #[cfg(not(feature = "redis"))]
        StoreSettings::Redis { .. } => Err(StoreError::new(
            "session.store is \"redis\"; build with the feature \"redis\" of tower-b2c",
        )),
    }
}
