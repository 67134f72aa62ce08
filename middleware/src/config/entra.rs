//! Who an app is at a service of Azure that takes tokens of Entra ID for passwords.

use url::Url;

use super::provider::ProviderSettings;
use crate::secret::Secret;

/// `[session.redis.entra]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct EntraSettings {
    /// Of the service principal or the managed identity: the user's name in Redis.
    pub(crate) object_id: String,
    pub(crate) scope: String,
    pub(crate) identity: EntraIdentity,
}

/// How the token is come by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum EntraIdentity {
    /// Client credentials, at a tenant of kind `entra`.
    Registration(Box<ProviderSettings>),
    Managed(ManagedIdentity),
}

/// Where the platform gives the app its tokens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ManagedIdentity {
    pub(crate) endpoint: Url,
    /// What the platform's own endpoint wants to see (`IDENTITY_HEADER`); `None` for the machine's.
    pub(crate) header: Option<Secret>,
    /// Of a user-assigned identity.
    pub(crate) client_id: Option<String>,
}
