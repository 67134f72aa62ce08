//! What an application asks a provider for.

use std::sync::Arc;

use crate::config::{ClientAuthentication, Kind};
use crate::crypto::sha256;
use crate::protocol::{TokenAnswer, TokenEndpoint, TokenRequestError};
use crate::provider::{Metadata, Provider};
use crate::secret::Secret;
use crate::session::SessionKey;
use crate::time::Timestamp;
use crate::tokens::error::TokenError;
use crate::tokens::scopes::are_of_several_resources;

/// A token that an application needs.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) provider: Arc<Provider>,
    /// In full.
    pub(super) scopes: Vec<String>,
    /// The token of the caller for whom it is; `None` if the app calls in its own name.
    pub(super) caller: Option<Secret>,
}

impl Asked {
    /// Refuses what the provider would refuse for certain.
    pub(super) fn check(self) -> Result<Self, TokenError> {
        let settings = &self.provider.settings;
        let unsupported = |reason| Err(TokenError::Unsupported { reason });
        if self.scopes.is_empty() {
            return Err(TokenError::NoScopes);
        }
        if are_of_several_resources(settings.kind, &self.scopes) {
            return Err(TokenError::SeveralResources {
                scopes: self.scopes,
            });
        }
        if matches!(settings.client_authentication, ClientAuthentication::Public) {
            return unsupported(PUBLIC);
        }
        match (&self.caller, settings.kind) {
            (Some(_), Kind::B2c) => unsupported(B2C),
            (Some(_), Kind::Oidc) => unsupported(OIDC),
            (None, Kind::Entra) if is_of_many(settings.authority.tenant.as_deref()) => {
                unsupported(MANY_TENANTS)
            }
            _ => Ok(self),
        }
    }

    /// Names it among all: by provider, authority, client, scopes and the hash of the caller's token.
    pub(super) fn key(&self) -> SessionKey {
        let settings = &self.provider.settings;
        let caller = self.caller.as_ref();
        let caller = caller.map_or([0; 32], |token| sha256(token.expose().as_bytes()));
        let own = [
            settings.name.as_str(),
            settings.authority.instance.as_str(),
            settings.authority.tenant.as_deref().unwrap_or_default(),
            settings.authority.metadata.as_str(),
            settings.client_id.as_str(),
        ];
        let scopes = self.scopes.iter().map(String::as_str);
        let mut text = b"tower-b2c app token".to_vec();
        text.extend(caller);
        for part in own.into_iter().chain(scopes) {
            text.extend((part.len() as u64).to_be_bytes());
            text.extend(part.as_bytes());
        }
        // Session ids are 16 bytes and this is more, so the hashes differ.
        SessionKey::from_bytes(sha256(&text))
    }

    /// Asks for it, with the claims challenge that it has to answer.
    pub(super) async fn send(
        &self,
        metadata: &Metadata,
        claims: Option<&str>,
        now: Timestamp,
    ) -> Result<TokenAnswer, TokenRequestError> {
        let endpoint = TokenEndpoint::new(&self.provider, metadata, now);
        match &self.caller {
            None => endpoint.client_credentials(&self.scopes, claims).await,
            Some(token) => endpoint.on_behalf_of(token, &self.scopes, claims).await,
        }
    }
}

fn is_of_many(tenant: Option<&str>) -> bool {
    matches!(tenant, Some("common" | "organizations" | "consumers"))
}

const PUBLIC: &str = "a public client has no tokens of its own and acts for nobody; give the app a \
                      secret or a key (provider.client_authentication)";
/// Microsoft Learn, "Application types that can be used in Active Directory B2C".
const B2C: &str = "Azure AD B2C has no on-behalf-of flow; call the other API in the app's own name \
                   (client credentials), or let the front end get a token for it";
const OIDC: &str = "on-behalf-of is Microsoft's; other providers exchange tokens by RFC 8693, which \
                    is not done here";
const MANY_TENANTS: &str = "an app has tokens of its own in one tenant: write its GUID or domain \
                            into provider.tenant in place of common, organizations or consumers";
