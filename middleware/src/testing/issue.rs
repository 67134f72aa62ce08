//! What a provider says in its metadata and its tokens, as far as the configuration tells.

use serde_json::{Map, Value, json};

use crate::config::{Kind, ProviderSettings, USER_FLOW};
use crate::jwt::is_guid;
use crate::time::Timestamp;

/// The tenant of a provider whose settings do not name it by GUID.
const TENANT: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";

/// How long a token lasts, in seconds: an hour, as Microsoft's do by default.
pub(super) const LIFETIME: u64 = 3600;

/// The issuer that a provider's tokens name (`iss`).
pub(super) fn issuer(settings: &ProviderSettings, user_flow: Option<&str>) -> String {
    let written = settings.endpoints.as_ref().map(|written| &written.issuer);
    if let Some(issuer) = written.or(settings.issuer.as_ref()) {
        return issuer.replace(USER_FLOW, user_flow.unwrap_or_default());
    }
    let (instance, tenant) = (&settings.authority.instance, tenant(settings));
    match settings.kind {
        Kind::B2c => format!("{instance}{tenant}/v2.0/"),
        Kind::ExternalId | Kind::Entra => format!("{instance}{tenant}/v2.0"),
        Kind::Oidc => instance.as_str().trim_end_matches('/').to_owned(),
    }
}

/// The tenant's GUID (`tid`).
pub(super) fn tenant(settings: &ProviderSettings) -> &str {
    let allowed = settings.allowed_tenants.iter().flatten();
    let mut named = allowed.chain(&settings.authority.tenant);
    named
        .find(|name| is_guid(name))
        .map_or(TENANT, String::as_str)
}

/// Whether an authority is that of several tenants.
pub(super) fn is_multi_tenant(settings: &ProviderSettings) -> bool {
    let tenant = settings.authority.tenant.as_deref();
    matches!(tenant, Some("common" | "organizations" | "consumers"))
}

/// Who an ID token is about, and when and how they signed in.
pub(super) struct SignedIn<'a> {
    pub(super) settings: &'a ProviderSettings,
    pub(super) user_flow: Option<&'a str>,
    pub(super) subject: &'a str,
    pub(super) at: Timestamp,
    /// When the user gave credentials, if the provider tells.
    pub(super) auth_time: Option<Timestamp>,
}

impl SignedIn<'_> {
    /// The claims of the ID token that follow from the rest, so that no test sets them by themselves.
    pub(super) fn claims(&self) -> Map<String, Value> {
        let settings = self.settings;
        let mut claims = json!({
            "iss": issuer(settings, self.user_flow),
            "aud": settings.client_id,
            "sub": self.subject,
            "iat": self.at,
            "nbf": self.at,
            "exp": self.at.0.saturating_add(LIFETIME),
        });
        if let Some(at) = self.auth_time {
            claims["auth_time"] = json!(at);
        }
        match settings.kind {
            Kind::B2c => claims["tfp"] = json!(self.user_flow),
            Kind::ExternalId | Kind::Entra => claims["tid"] = tenant(settings).into(),
            Kind::Oidc => {}
        }
        match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        }
    }
}

/// What sets a claim that follows from the rest; `None` for every other claim.
pub(super) fn set_by(claim: &str) -> Option<&'static str> {
    match claim {
        "sub" => Some(".subject(…)"),
        "iat" | "nbf" | "exp" => Some(".age(…)"),
        "auth_time" => Some(".authenticated(…) or .without_auth_time()"),
        "tfp" => Some(".user_flow(…)"),
        "iss" | "aud" | "tid" => Some(".provider(…)"),
        "nonce" | "at_hash" | "c_hash" => Some("nothing: it is the round trip's own"),
        _ => None,
    }
}
