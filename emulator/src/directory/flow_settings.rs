use serde::{Deserialize, Serialize};

use super::IdentityProvider;

/// What is set in a user flow's properties.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the user flow's properties"
)]
pub(crate) struct Settings {
    pub(crate) embedded_password_reset: bool,
    pub(crate) mfa: bool,
    pub(crate) sso_scope: SsoScope,
    /// In days.
    pub(crate) keep_me_signed_in: Option<u32>,
    pub(crate) require_id_token_in_logout: bool,
    pub(crate) require_id_token_hint: bool,
    pub(crate) id_token_hint_key: Option<String>,
    /// Of access and ID tokens, in seconds.
    pub(crate) token_lifetime: Option<i64>,
    pub(crate) refresh_token_lifetime: i64,
    pub(crate) refresh_window: i64,
    pub(crate) session_lifetime: i64,
    pub(crate) absolute_sessions: bool,
    pub(crate) issuer_with_policy: bool,
    pub(crate) policy_in_acr: Option<bool>,
    /// The only application that may use the user flow.
    pub(crate) pinned_client: Option<String>,
    /// The second factor goes to registered telephones only.
    pub(crate) registered_phones_only: bool,
    /// One address belongs to one account, local or not.
    pub(crate) unique_emails: bool,
    pub(crate) revoke_on_password_reset: bool,
    /// Is there a userinfo endpoint like OpenID Connect's?
    pub(crate) userinfo: bool,
    /// What takes passwords; `None` stands for what is right.
    pub(crate) password_inputs: Option<Vec<String>>,
    pub(crate) identity_providers: Vec<IdentityProvider>,
    pub(crate) claims: Option<Vec<String>>,
    /// The custom attributes that people are asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) attributes: Vec<String>,
    pub(crate) output_claims: Vec<(String, ClaimSource)>,
}

/// Who shares a session.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SsoScope {
    /// Every application and every user flow of the tenant.
    #[default]
    Tenant,
    /// Every user flow, for one application.
    Application,
    /// Every application, at one user flow.
    Policy,
    /// Nobody: credentials are always asked for.
    Suppressed,
}

/// Where an output claim comes from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClaimSource {
    /// A fixed text.
    Fixed(String),
    /// A text with claim resolvers, for example `{OAUTH-KV:campaign}`, `{OIDC:LoginHint}`,
    /// `{Culture:LanguageName}` or `{Claim:email}` of an `id_token_hint`. A claim without a value is left out.
    Resolver(String),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            embedded_password_reset: false,
            mfa: false,
            sso_scope: SsoScope::Tenant,
            keep_me_signed_in: None,
            require_id_token_in_logout: false,
            require_id_token_hint: false,
            id_token_hint_key: None,
            token_lifetime: None,
            refresh_token_lifetime: 14 * DAY,
            refresh_window: 90 * DAY,
            session_lifetime: DAY,
            absolute_sessions: false,
            issuer_with_policy: false,
            policy_in_acr: None,
            pinned_client: None,
            registered_phones_only: false,
            unique_emails: false,
            revoke_on_password_reset: false,
            userinfo: false,
            password_inputs: None,
            identity_providers: Vec::new(),
            claims: None,
            attributes: Vec::new(),
            output_claims: Vec::new(),
        }
    }
}

const DAY: i64 = 24 * 60 * 60;
