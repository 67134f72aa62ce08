//! The store that the configuration names.

use std::sync::Arc;

use super::contract::SessionStore;
use super::error::StoreError;
use super::memory::MemoryStore;
#[cfg(feature = "redis")]
use super::redis::{RedisStore, entra_tokens};
use crate::config::StoreSettings;
#[cfg(feature = "redis")]
use crate::config::{RedisServers, RedisSettings};
use crate::http_client::HttpClient;

/// Where sessions are at home.
pub(crate) enum Home {
    Store(Arc<dyn SessionStore>),
    /// In the browser, in this many bytes of the `Cookie` header at most.
    Browser {
        most_bytes: usize,
    },
}

impl Home {
    /// Where that rests which is no session and no browser's.
    pub(crate) fn beside_sessions(&self) -> Arc<dyn SessionStore> {
        match self {
            Self::Store(store) => Arc::clone(store),
            Self::Browser { .. } => Arc::new(MemoryStore::default()),
        }
    }
}

/// What `session.store` says; a store connects when it is first used. One whose password is a token
/// asks for it by `http`.
pub(crate) fn configured_store(
    settings: &StoreSettings,
    http: &Arc<dyn HttpClient>,
) -> Result<Home, StoreError> {
    match *settings {
        StoreSettings::Cookie { most_bytes } => Ok(Home::Browser { most_bytes }),
        ref elsewhere => store(elsewhere, http).map(Home::Store),
    }
}

#[cfg_attr(
    not(feature = "redis"),
    expect(unused_variables, reason = "only Redis asks for tokens")
)]
fn store(
    settings: &StoreSettings,
    http: &Arc<dyn HttpClient>,
) -> Result<Arc<dyn SessionStore>, StoreError> {
    match settings {
        StoreSettings::Memory | StoreSettings::Cookie { .. } => {
            Ok(Arc::new(MemoryStore::default()))
        }
        #[cfg(feature = "redis")]
        StoreSettings::Redis(settings) => Ok(Arc::new(redis(settings, http)?)),
        #[cfg(not(feature = "redis"))]
        StoreSettings::Redis(_) => Err(StoreError::new(
            "session.store is \"redis\"; build with the feature \"redis\" of tower-b2c",
        )),
        #[cfg(feature = "postgres")]
        StoreSettings::Postgres(settings) => {
            Ok(Arc::new(super::sql::PostgresStore::configured(settings)?))
        }
        #[cfg(not(feature = "postgres"))]
        StoreSettings::Postgres(_) => Err(StoreError::new(
            "session.store is \"postgres\"; build with the feature \"postgres\" of tower-b2c",
        )),
        #[cfg(feature = "sqlite")]
        StoreSettings::Sqlite(settings) => {
            Ok(Arc::new(super::sql::SqliteStore::configured(settings)?))
        }
        #[cfg(not(feature = "sqlite"))]
        StoreSettings::Sqlite(_) => Err(StoreError::new(
            "session.store is \"sqlite\"; build with the feature \"sqlite\" of tower-b2c",
        )),
    }
}

#[cfg(feature = "redis")]
fn redis(settings: &RedisSettings, http: &Arc<dyn HttpClient>) -> Result<RedisStore, StoreError> {
    let mut store = match &settings.servers {
        RedisServers::One(url) => RedisStore::new(url)?,
        RedisServers::Cluster(urls) => RedisStore::cluster(urls)?,
        RedisServers::Watched {
            sentinels,
            master,
            user,
            password,
        } => {
            let store = RedisStore::sentinel(sentinels, master)?;
            match password {
                Some(password) => store.sentinel_password(user.as_deref(), password),
                None => store,
            }
        }
    };
    if let Some(password) = &settings.password {
        store = store.password(settings.user.as_deref(), password.clone());
    }
    if let Some(entra) = &settings.entra {
        store = store.tokens(&entra.object_id, entra_tokens(entra, http)?);
    }
    Ok(store.prefix(&settings.prefix).timeout(settings.timeout))
}
