use std::fmt;

use serde::{Deserialize, Serialize};

use super::Platform;
use crate::credential::{ClientCertificate, FederatedCredential};

/// An application that is registered in the tenant.
///
/// Fresh from [`Client::new`] it is a confidential web application: it has a secret, and only the
/// authorization code flow is open to it. Everything else is a switch.
///
/// ```
/// use b2c_emulator::Client;
///
/// let shop = Client::new("22223333-cccc-4444-dddd-5555eeee6666", "a secret for tests")
///     .redirect_uri("https://shop.example/signin-oidc")
///     .issue_id_tokens();
/// assert_eq!(shop.redirect_uris(), ["https://shop.example/signin-oidc"]);
///
/// let page = Client::public("33334444-dddd-5555-eeee-6666ffff7777")
///     .spa_redirect_uri("http://localhost:3000/");
/// assert_eq!(page.client_secret(), "");
/// ```
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the registration"
)]
pub struct Client {
    #[serde(rename = "client_id")]
    id: String,
    #[serde(default, rename = "client_secret")]
    secret: String,
    #[serde(default)]
    redirect_uris: Vec<String>,
    /// Of each redirect URI, in the same order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    platforms: Vec<Platform>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    granted_scopes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    app_roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    certificates: Vec<ClientCertificate>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    federated_credentials: Vec<FederatedCredential>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) front_channel_logout_url: Option<String>,
    #[serde(default, skip_serializing_if = "is_off")]
    pub(super) frontchannel_logout_session_required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) backchannel_logout_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    initiate_login_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    optional_claims: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) issues_id_tokens: bool,
    #[serde(default)]
    pub(crate) issues_access_tokens: bool,
    #[serde(default)]
    pub(crate) takes_passwords: bool,
    #[serde(default)]
    pub(crate) is_disabled: bool,
    #[serde(default)]
    pub(crate) is_for_entra_only: bool,
    #[serde(default)]
    pub(crate) is_multi_tenant: bool,
    #[serde(default)]
    pub(crate) forbids_public_clients: bool,
    #[serde(default)]
    pub(crate) lacks_openid: bool,
}

impl Client {
    /// Registers an application without redirect URIs; it may use every scope of the sample API.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self {
            id: client_id.into(),
            secret: client_secret.into(),
            redirect_uris: Vec::new(),
            platforms: Vec::new(),
            granted_scopes: None,
            app_roles: Vec::new(),
            certificates: Vec::new(),
            federated_credentials: Vec::new(),
            front_channel_logout_url: None,
            frontchannel_logout_session_required: false,
            backchannel_logout_uri: None,
            initiate_login_uri: None,
            optional_claims: None,
            issues_id_tokens: false,
            issues_access_tokens: false,
            takes_passwords: false,
            is_disabled: false,
            is_for_entra_only: false,
            is_multi_tenant: false,
            forbids_public_clients: false,
            lacks_openid: false,
        }
    }

    /// Registers an application without a secret.
    pub fn public(client_id: impl Into<String>) -> Self {
        Self::new(client_id, String::new())
    }

    /// Adds a redirect URI. It is compared exactly: letter case and a trailing slash count.
    pub fn redirect_uri(self, uri: impl Into<String>) -> Self {
        self.with_redirect_uri(uri.into(), Platform::Web)
    }

    /// Adds a redirect URI of a single-page application: PKCE is a must (`AADB2C99059`), a secret
    /// is refused (`AADB2C90084`), the token endpoint allows its origin, and refresh tokens end a
    /// day after the sign-in.
    pub fn spa_redirect_uri(self, uri: impl Into<String>) -> Self {
        self.with_redirect_uri(uri.into(), Platform::Spa)
    }

    /// Adds a redirect URI of an installed application: a secret is refused (`AADB2C90084`).
    pub fn native_redirect_uri(self, uri: impl Into<String>) -> Self {
        self.with_redirect_uri(uri.into(), Platform::Native)
    }

    /// Restricts the application to these scopes of the sample API, for example `["demo.read"]`.
    pub fn granted_scopes<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.granted_scopes = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Grants application permissions (app roles) of the sample API, which client credentials
    /// need. Default: none, and client credentials answer `AADB2C90085`.
    pub fn app_roles<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.app_roles = names.into_iter().map(Into::into).collect();
        self
    }

    /// Registers a certificate: at External ID and Entra ID an assertion signed with its key goes
    /// for a secret (`private_key_jwt`). B2C takes none (`AADB2C99027`).
    pub fn certificate(mut self, certificate: ClientCertificate) -> Self {
        self.certificates.push(certificate);
        self
    }

    /// Trusts another issuer's tokens in place of a secret, at External ID and Entra ID.
    pub fn federated_credential(mut self, credential: FederatedCredential) -> Self {
        self.federated_credentials.push(credential);
        self
    }

    /// Lets the authorization endpoint answer with ID tokens: the portal's "ID tokens (used for
    /// implicit and hybrid flows)". Default: off (`AADB2C90057`).
    pub fn issue_id_tokens(mut self) -> Self {
        self.issues_id_tokens = true;
        self
    }

    /// Lets the authorization endpoint answer with access tokens. Default: off (`AADB2C90057`).
    pub fn issue_access_tokens(mut self) -> Self {
        self.issues_access_tokens = true;
        self
    }

    /// Allows resource owner passwords. Default: off (`AADB2C90224`).
    pub fn allow_passwords(mut self) -> Self {
        self.takes_passwords = true;
        self
    }

    /// Disables the application (`AADB2C90092`). Default: enabled.
    pub fn disabled(mut self) -> Self {
        self.is_disabled = true;
        self
    }

    /// Registers the application for the directory's own accounts only, so that B2C does not know
    /// what to do with it (`AADB2C90068`). Default: off. External ID and Entra ID do not ask.
    pub fn entra_only(mut self) -> Self {
        self.is_for_entra_only = true;
        self
    }

    /// Opens the application to the accounts of every tenant of Entra ID, at `common`,
    /// `organizations` and the tenants themselves. Default: only those of its own tenant
    /// (AADSTS50194, AADSTS50020, AADSTS700016).
    pub fn multi_tenant(mut self) -> Self {
        self.is_multi_tenant = true;
        self
    }

    /// Says no to "Allow public client flows": B2C takes neither passwords nor codes without a
    /// secret (`AADB2C90058`), except from a single-page application. Default: off.
    pub fn forbid_public_clients(mut self) -> Self {
        self.forbids_public_clients = true;
        self
    }

    /// Takes the permission for `openid` away: B2C issues no ID token (`AADB2C90107`).
    /// Default: granted.
    pub fn without_openid(mut self) -> Self {
        self.lacks_openid = true;
        self
    }

    /// Sets the URL at which others start a sign-in, as
    /// [`Emulator::third_party_login_url`](crate::Emulator::third_party_login_url) does
    /// ([OpenID Connect Core, section 4][spec]). Neither B2C nor Entra uses it. Default: none.
    ///
    /// [spec]: https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin
    pub fn initiate_login_uri(mut self, uri: impl Into<String>) -> Self {
        self.initiate_login_uri = Some(uri.into());
        self
    }

    /// Sets the claims that External ID and Entra ID tell the application on top of the usual
    /// ones, in ID tokens, access tokens and userinfo: custom attributes
    /// (`extension_LoyaltyId`) and `sid`; and in ID tokens `xms_edov`, whether the address is verified:
    /// `true` for accounts with a password, `false` for those of other identity providers. Default:
    /// every custom attribute that the user flow tells, in ID tokens and userinfo alone. B2C does not
    /// ask.
    pub fn optional_claims<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.optional_claims = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The application (client) id.
    pub fn client_id(&self) -> &str {
        &self.id
    }

    /// The client secret; empty if the application has none.
    pub fn client_secret(&self) -> &str {
        &self.secret
    }

    /// The registered redirect URIs.
    pub fn redirect_uris(&self) -> &[String] {
        &self.redirect_uris
    }

    /// The platform of a redirect URI, if it is registered.
    pub(crate) fn platform(&self, redirect_uri: &str) -> Option<Platform> {
        let index = self
            .redirect_uris
            .iter()
            .position(|uri| uri == redirect_uri)?;
        let platform = self.platforms.get(index).copied();
        Some(platform.unwrap_or(Platform::Web))
    }

    /// The redirect URIs of single-page applications.
    pub(crate) fn spa_redirect_uris(&self) -> impl Iterator<Item = &str> {
        self.redirect_uris
            .iter()
            .filter(|uri| self.platform(uri) == Some(Platform::Spa))
            .map(String::as_str)
    }

    pub(crate) fn granted_app_roles(&self) -> &[String] {
        &self.app_roles
    }

    pub(crate) fn certificates(&self) -> &[ClientCertificate] {
        &self.certificates
    }

    pub(crate) fn federated_credentials(&self) -> &[FederatedCredential] {
        &self.federated_credentials
    }

    /// Where others start a sign-in.
    pub(crate) fn login_uri(&self) -> Option<&str> {
        self.initiate_login_uri.as_deref()
    }

    pub(crate) fn has_optional_claims(&self) -> bool {
        self.optional_claims.is_some()
    }

    /// Is it one of the optional claims? `None` where nothing is said about them.
    pub(crate) fn asked_for(&self, claim: &str) -> Option<bool> {
        let asked = self.optional_claims.as_ref()?;
        Some(asked.iter().any(|name| name == claim))
    }

    /// Was this scope of an API granted to the application?
    pub(crate) fn may_use(&self, scope: &str) -> bool {
        self.granted_scopes
            .as_ref()
            .is_none_or(|granted| granted.iter().any(|name| name == scope))
    }

    fn with_redirect_uri(mut self, uri: String, platform: Platform) -> Self {
        self.redirect_uris.push(uri);
        self.platforms.push(platform);
        self
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_off(switch: &bool) -> bool {
    !switch
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("client_id", &self.id)
            .field("redirect_uris", &self.redirect_uris)
            .finish_non_exhaustive()
    }
}
