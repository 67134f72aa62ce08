//! The settings of one provider, and of the app's registration there.

use std::collections::BTreeMap;

use url::Url;

use super::authority::Authority;
use super::kind::Kind;
use super::signing_algorithm::SigningAlgorithm;
use crate::secret::Secret;

/// `[provider]`, or one of `[providers.NAME]`: whom the app trusts.
#[derive(Clone, Debug)]
pub(crate) struct ProviderSettings {
    /// The `NAME` of `[providers.NAME]`; [`ONLY`](Self::ONLY) for `[provider]`.
    pub(crate) name: String,
    /// What the sign-in page calls it, where users choose.
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) authority: Authority,
    /// An issuer that the metadata must name, exactly.
    pub(crate) issuer: Option<String>,
    /// The origin under which this server reaches the provider, where it is another than the
    /// browser's, as between containers.
    pub(crate) back_channel: Option<Url>,
    /// Endpoints written down, so that none are asked for.
    pub(crate) endpoints: Option<StaticEndpoints>,
    /// The tenants whose users may sign in at a multi-tenant authority; `None` for any.
    pub(crate) allowed_tenants: Option<Vec<String>>,
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    /// The path of the redirect URI, distinct for each provider.
    pub(crate) redirect_path: String,
    /// Scopes of OpenID Connect that a sign-in asks for, `openid` among them.
    pub(crate) scopes: Vec<String>,
    pub(crate) user_flows: UserFlows,
    /// The signature algorithms of ID tokens that are accepted.
    pub(crate) signing_algorithms: Vec<SigningAlgorithm>,
    /// Whether the provider is shown the user's ID token at a sign-out.
    pub(crate) id_token_hint: bool,
    /// Tokens that carry the emulator's marker are accepted; only with a loopback instance.
    pub(crate) emulator: bool,
}

impl ProviderSettings {
    /// The name of the one provider of a configuration with `[provider]`.
    pub(crate) const ONLY: &'static str = "default";
}

/// The names of the user flows (policies). B2C has at least the first; no other kind has any.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserFlows {
    pub(crate) sign_up_sign_in: Option<String>,
    pub(crate) edit_profile: Option<String>,
    pub(crate) reset_password: Option<String>,
    /// Flows of the app's own, by the name that the configuration gives them.
    pub(crate) named: BTreeMap<String, String>,
}

/// `[provider.metadata]`: what discovery would tell. Each URL may hold
/// [`USER_FLOW`](super::authority::USER_FLOW).
#[derive(Clone, Debug)]
pub(crate) struct StaticEndpoints {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) end_session_endpoint: Option<String>,
}
