//! The settings of one provider, and of the app's registration there.

use std::collections::BTreeMap;

use url::Url;

use super::authority::Authority;
use super::credential::ClientAuthentication;
use super::kind::Kind;
use super::parameters::Parameters;
use super::round_trip::RoundTrip;
use super::signing_algorithm::SigningAlgorithm;

/// `[provider]`, or one of `[providers.NAME]`: whom the app trusts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ProviderSettings {
    /// Where the configuration has these settings: `provider`, or `providers.NAME`.
    pub(crate) table: String,
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
    /// Empty, and the authentication that of a public client, where tokens are verified only
    /// ([`ApiConfig`](super::ApiConfig)).
    pub(crate) client_id: String,
    pub(crate) client_authentication: ClientAuthentication,
    /// The path of the redirect URI, distinct for each provider.
    pub(crate) redirect_path: String,
    pub(crate) round_trip: RoundTrip,
    /// Scopes of OpenID Connect that a sign-in asks for, `openid` among them.
    pub(crate) scopes: Vec<String>,
    pub(crate) user_flows: UserFlows,
    /// Parameters of every authorization request, and of those at single user flows.
    pub(crate) authorize: AuthorizeSettings,
    /// What the query of a link to the sign-in may add to its authorization request.
    pub(crate) allowed: AllowedInLinks,
    /// What the app tells Entra ID that it can do (`xms_cc`).
    pub(crate) client_capabilities: Vec<String>,
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

    /// The dotted key of one of these settings, as the configuration has it.
    pub(crate) fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.table)
    }

    /// Whether metadata and keys that were fetched for `other` are those of this provider, too.
    pub(crate) fn has_metadata_of(&self, other: &Self) -> bool {
        self.is_same_issuer(other)
            && self.round_trip == other.round_trip
            && self.user_flows == other.user_flows
    }

    /// Whether tokens are verified as those of `other` are.
    pub(crate) fn is_same_issuer(&self, other: &Self) -> bool {
        self.name == other.name
            && self.kind == other.kind
            && self.authority == other.authority
            && self.issuer == other.issuer
            && self.back_channel == other.back_channel
            && self.endpoints == other.endpoints
            && self.allowed_tenants == other.allowed_tenants
            && self.signing_algorithms == other.signing_algorithms
            && self.emulator == other.emulator
    }

    /// Whether the app's own function brings what proves it.
    pub(crate) fn asks_app(&self) -> bool {
        matches!(self.client_authentication, ClientAuthentication::Callback)
    }
}

/// The names of the user flows (policies). B2C has at least the first; no other kind has any.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct UserFlows {
    pub(crate) sign_up_sign_in: Option<String>,
    pub(crate) edit_profile: Option<String>,
    pub(crate) reset_password: Option<String>,
    /// Flows of the app's own, by the name that the configuration gives them.
    pub(crate) named: BTreeMap<String, String>,
}

impl UserFlows {
    /// The user flow of a sign-in with this name: the configuration's name for it, or its own.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        let sign_in = self.sign_up_sign_in.as_deref();
        if name == "sign_up_sign_in" {
            return sign_in;
        }
        let mut flows = self.named.values().map(String::as_str).chain(sign_in);
        let named = self.named.get(name).map(String::as_str);
        named.or_else(|| flows.find(|flow| flow.eq_ignore_ascii_case(name)))
    }

    /// All of them, each with the configuration's name for it.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = [
            ("sign_up_sign_in", &self.sign_up_sign_in),
            ("edit_profile", &self.edit_profile),
            ("reset_password", &self.reset_password),
        ];
        let own = own.into_iter();
        let own = own.filter_map(|(name, flow)| Some((name, flow.as_deref()?)));
        let named = self.named.iter();
        own.chain(named.map(|(name, flow)| (name.as_str(), flow.as_str())))
    }
}

/// `[provider.authorize]` and `[provider.authorize.FLOW]`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct AuthorizeSettings {
    pub(super) all: Parameters,
    /// By the user flow's own name, in lower case.
    pub(super) by_user_flow: BTreeMap<String, Parameters>,
}

impl AuthorizeSettings {
    /// The parameters of a request at this user flow.
    pub(crate) fn parameters(&self, user_flow: Option<&str>) -> Parameters {
        let mut parameters = self.all.clone();
        let user_flow = user_flow.unwrap_or_default().to_ascii_lowercase();
        if let Some(own) = self.by_user_flow.get(&user_flow) {
            parameters.extend(own);
        }
        parameters
    }
}

/// `allow_parameters` and `allow_user_flows`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct AllowedInLinks {
    pub(crate) parameters: Vec<String>,
    /// The user flows' own names.
    pub(crate) user_flows: Vec<String>,
}

/// `[provider.metadata]`: what discovery would tell. Each URL may hold
/// [`USER_FLOW`](super::authority::USER_FLOW).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct StaticEndpoints {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) end_session_endpoint: Option<String>,
    pub(crate) userinfo_endpoint: Option<String>,
    pub(crate) pushed_authorization_request_endpoint: Option<String>,
    /// Whether answers name their issuer (RFC 9207 §3).
    pub(crate) iss_in_response: bool,
}
