//! Tokens of Microsoft Entra ID for a store, as the configuration asks for them.

mod managed;
mod registration;

use std::sync::Arc;

use self::managed::Managed;
use self::registration::Registration;
use super::tokens::{RedisToken, RedisTokens};
use crate::config::{EntraIdentity, EntraSettings};
use crate::future::BoxFuture;
use crate::http_client::HttpClient;
use crate::session::store::StoreError;

/// The tokens of `[session.redis.entra]`.
pub(in crate::session::store) fn tokens(
    settings: &EntraSettings,
    http: &Arc<dyn HttpClient>,
) -> Result<impl RedisTokens, StoreError> {
    let scope = settings.scope.clone();
    Ok(match &settings.identity {
        EntraIdentity::Registration(provider) => {
            Entra::Registration(Box::new(Registration::new(provider, scope, http)))
        }
        EntraIdentity::Managed(managed) => Entra::Managed(Managed::new(managed, &scope)?),
    })
}

/// Who asks.
enum Entra {
    Registration(Box<Registration>),
    Managed(Managed),
}

impl RedisTokens for Entra {
    fn token(&self) -> BoxFuture<'_, Result<RedisToken, StoreError>> {
        match self {
            Self::Registration(registration) => Box::pin(registration.token()),
            Self::Managed(managed) => Box::pin(managed.token()),
        }
    }
}
