//! A service principal: client credentials (RFC 6749 §4.4).

use std::sync::Arc;

use crate::config::ProviderSettings;
use crate::http_client::HttpClient;
use crate::protocol::{TokenEndpoint, TokenRequestError};
use crate::provider::Provider;
use crate::session::store::StoreError;
use crate::session::store::redis::tokens::RedisToken;
use crate::time::{Clock, SystemClock, Timestamp};

/// An app registration, with its secret, its certificate or a token of its platform.
pub(super) struct Registration {
    provider: Provider,
    scopes: [String; 1],
}

impl Registration {
    pub(super) fn new(
        settings: &ProviderSettings,
        scope: String,
        http: &Arc<dyn HttpClient>,
    ) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Self {
            // It signs nobody in.
            provider: Provider::new(
                settings,
                settings.authority.instance.clone(),
                http,
                &clock,
                None,
            ),
            scopes: [scope],
        }
    }

    pub(super) async fn token(&self) -> Result<RedisToken, StoreError> {
        let metadata = self.provider.metadata(None).await;
        let metadata = metadata.map_err(|error| StoreError::new(error.to_string()))?;
        let now = Timestamp::now(&SystemClock);
        let endpoint = TokenEndpoint::new(&self.provider, &metadata, now);
        let answer = endpoint.client_credentials(&self.scopes, None).await;
        let answer = answer.map_err(|error| match error {
            TokenRequestError::Refused(error) => StoreError::new(format!(
                "Entra ID refuses it; see what session.redis.entra says: {error}"
            )),
            TokenRequestError::Unavailable(error) => StoreError::new(error.to_string()),
            TokenRequestError::Unreadable(reason) => StoreError::new(reason),
            TokenRequestError::NoProof(reason) => StoreError::new(reason.to_string()),
        })?;
        let none = || StoreError::new("Entra ID answered without an access token");
        let token = answer.access_token.ok_or_else(none)?;
        Ok(RedisToken::new(token, answer.expires_at.to_system_time()))
    }
}
