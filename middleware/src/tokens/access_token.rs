//! What an API is called with.

use std::time::SystemTime;

use crate::secret::Secret;
use crate::session::CachedToken;
use crate::time::Timestamp;

/// An access token for a downstream API.
#[derive(Clone, Debug)]
pub struct AccessToken {
    pub(super) secret: Secret,
    pub(super) expires_at: Timestamp,
}

impl AccessToken {
    /// The token, for an `Authorization: Bearer` header.
    pub fn secret(&self) -> &str {
        self.secret.expose()
    }

    /// When the API will begin to refuse it.
    pub fn expires_at(&self) -> SystemTime {
        self.expires_at.to_system_time()
    }
}

impl From<&CachedToken> for AccessToken {
    fn from(token: &CachedToken) -> Self {
        Self {
            secret: token.token.clone(),
            expires_at: token.expires_at,
        }
    }
}
