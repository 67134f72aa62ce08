use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ClaimSource, IdentityProvider, SsoScope, bare_name, flow_settings::Settings};

/// A user flow (policy): an authorization server of its own.
///
/// A name that starts with `B2C_1A_` makes it a custom policy: its tokens carry `acr` instead of
/// `tfp`, and `tid` and `email` instead of `oid` and `emails`; it has a userinfo endpoint, reads
/// `id_token_hint`, and signs out of every application.
///
/// ```
/// use b2c_emulator::{Emulator, IdentityProvider, SsoScope, UserFlow};
///
/// let builder = Emulator::builder().user_flow(
///     UserFlow::sign_up_sign_in("B2C_1_susi")
///         .embedded_password_reset()
///         .identity_provider(IdentityProvider::google())
///         .sso_scope(SsoScope::Application),
/// );
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UserFlow {
    name: String,
    kind: UserFlowKind,
    #[serde(default)]
    pub(crate) settings: Settings,
}

/// What a user flow lets people do.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UserFlowKind {
    SignUpOrSignIn,
    SignIn,
    ProfileEditing,
    PasswordReset,
    ResourceOwner,
}

impl UserFlow {
    pub(crate) fn new(name: impl Into<String>, kind: UserFlowKind) -> Self {
        Self {
            name: name.into(),
            kind,
            settings: Settings::default(),
        }
    }

    /// People sign up or sign in.
    pub fn sign_up_sign_in(name: impl Into<String>) -> Self {
        Self::new(name, UserFlowKind::SignUpOrSignIn)
    }

    /// People sign in; there is no way to create an account.
    pub fn sign_in(name: impl Into<String>) -> Self {
        Self::new(name, UserFlowKind::SignIn)
    }

    /// People change their profile.
    pub fn profile_editing(name: impl Into<String>) -> Self {
        Self::new(name, UserFlowKind::ProfileEditing)
    }

    /// People set a new password.
    pub fn password_reset(name: impl Into<String>) -> Self {
        Self::new(name, UserFlowKind::PasswordReset)
    }

    /// Applications send passwords to the token endpoint (ROPC); there are no pages.
    pub fn resource_owner(name: impl Into<String>) -> Self {
        Self::new(name, UserFlowKind::ResourceOwner)
    }

    /// Resets forgotten passwords on its own pages, and says so with `isForgotPassword`.
    /// Default: off, the application gets `AADB2C90118`.
    pub fn embedded_password_reset(mut self) -> Self {
        self.settings.embedded_password_reset = true;
        self
    }

    /// Asks for a code from the emulator's phone after every sign-in. Default: off.
    pub fn mfa(mut self) -> Self {
        self.settings.mfa = true;
        self
    }

    /// Sets who shares a session. Default: [`SsoScope::Tenant`].
    pub fn sso_scope(mut self, scope: SsoScope) -> Self {
        self.settings.sso_scope = scope;
        self
    }

    /// Offers "Keep me signed in" for this many days, 1 to 90. Default: not offered.
    pub fn keep_me_signed_in(mut self, days: u32) -> Self {
        self.settings.keep_me_signed_in = Some(days.clamp(1, 90));
        self
    }

    /// Demands an `id_token_hint` at sign-out, and a registered place to go afterwards.
    /// Default: off.
    pub fn require_id_token_in_logout(mut self) -> Self {
        self.settings.require_id_token_in_logout = true;
        self
    }

    /// Demands an `id_token_hint` in the authorization request. Default: off. Only custom policies
    /// read one at all.
    pub fn require_id_token_hint(mut self) -> Self {
        self.settings.require_id_token_hint = true;
        self
    }

    /// Takes an `id_token_hint` that the application has signed itself, with HS256 and this key.
    /// Default: only the emulator's own ID tokens are taken. Its claims are there for
    /// `{Claim:name}`.
    pub fn id_token_hint_key(mut self, key: impl Into<String>) -> Self {
        self.settings.id_token_hint_key = Some(key.into());
        self
    }

    /// Sets the lifetime of access and ID tokens. Default: the emulator's.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = Some(seconds(lifetime));
        self
    }

    /// Sets the lifetime of refresh tokens. Default: 14 days.
    pub fn refresh_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.refresh_token_lifetime = seconds(lifetime);
        self
    }

    /// Sets how long after the sign-in refreshing ends. Default: 90 days.
    pub fn refresh_window(mut self, window: Duration) -> Self {
        self.settings.refresh_window = seconds(window);
        self
    }

    /// Sets the lifetime of sessions. Default: one day.
    pub fn session_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.session_lifetime = seconds(lifetime);
        self
    }

    /// Ends sessions that long after the sign-in instead of after their last use. Default: off.
    pub fn absolute_sessions(mut self) -> Self {
        self.settings.absolute_sessions = true;
        self
    }

    /// Has the policy's name in the issuer: `…/tfp/{tenant}/{policy}/v2.0/`. Default: off.
    pub fn issuer_with_policy(mut self) -> Self {
        self.settings.issuer_with_policy = true;
        self
    }

    /// Names the policy in `acr` instead of `tfp`. Default: custom policies do, user flows do not.
    pub fn policy_in_acr(mut self, in_acr: bool) -> Self {
        self.settings.policy_in_acr = Some(in_acr);
        self
    }

    /// Lets people sign in with another account. Default: local accounts only.
    pub fn identity_provider(mut self, provider: IdentityProvider) -> Self {
        self.settings.identity_providers.push(provider);
        self
    }

    /// Lets this application use the user flow and no other (`AADB2C90011`). Default: every
    /// application of the tenant.
    pub fn pinned_to(mut self, client_id: impl Into<String>) -> Self {
        self.settings.pinned_client = Some(client_id.into());
        self
    }

    /// Sends the second factor to a user's registered telephone only; without one the sign-in ends
    /// with `AADB2C90145`. Default: off, the page stands for any telephone.
    pub fn registered_phones_only(mut self) -> Self {
        self.settings.registered_phones_only = true;
        self
    }

    /// Refuses to sign somebody up at an identity provider with the address of a local account
    /// (`AADB2C99001`). Default: off, these are two accounts.
    pub fn unique_emails(mut self) -> Self {
        self.settings.unique_emails = true;
        self
    }

    /// Revokes the refresh tokens from before a password reset (`AADB2C90129`). Default: off.
    pub fn revoke_on_password_reset(mut self) -> Self {
        self.settings.revoke_on_password_reset = true;
        self
    }

    /// Offers userinfo as OpenID Connect Core has it ([section 5.3][spec]): GET and POST, the token
    /// in the header or in the form, `sub` and the standard claims. Default: off. B2C has none at
    /// user flows, and at custom policies what the policy declares, which is Microsoft's sample
    /// here; External ID's and Entra ID's is Microsoft Graph's and takes its tokens, and there one
    /// user flow is enough to have it for the tenant.
    ///
    /// [spec]: https://openid.net/specs/openid-connect-core-1_0.html#UserInfo
    pub fn userinfo(mut self) -> Self {
        self.settings.userinfo = true;
        self
    }

    /// Sets the input claims of what takes passwords, as a custom policy could get them wrong:
    /// without `username` and `password` the token endpoint answers `AADB2C99015`, without one of
    /// them `AADB2C99016`, with `grant_type=something` `AADB2C99017`. Default: as they should be.
    pub fn password_inputs<S: Into<String>>(mut self, claims: impl IntoIterator<Item = S>) -> Self {
        self.settings.password_inputs = Some(claims.into_iter().map(Into::into).collect());
        self
    }

    /// Restricts the claims about the user to these, as a user flow tells what is ticked among its
    /// *Application claims*, `idp` among them: without it a social account's token looks like a local
    /// one's. Default: every attribute that has a value, and `idp` of accounts that have one. In a seed
    /// `claims = ["name", "emails"]` in the user flow's `settings`.
    pub fn claims<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.settings.claims = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Asks for a custom attribute that the tenant declares, at sign-up and profile editing.
    /// Default: none is asked for.
    pub fn attribute(mut self, name: &str) -> Self {
        self.settings.attributes.push(bare_name(name).to_owned());
        self
    }

    /// Adds an output claim to every token.
    pub fn output_claim(mut self, name: impl Into<String>, source: ClaimSource) -> Self {
        self.settings.output_claims.push((name.into(), source));
        self
    }

    /// The name as registered, for example `B2C_1_signupsignin1`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name as B2C prints it in URLs.
    pub(crate) fn lower_case_name(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    pub(crate) fn kind(&self) -> UserFlowKind {
        self.kind
    }

    pub(crate) fn is_custom(&self) -> bool {
        self.lower_case_name().starts_with("b2c_1a_")
    }

    /// Is the policy named by `acr`?
    pub(crate) fn names_itself_in_acr(&self) -> bool {
        self.settings.policy_in_acr.unwrap_or(self.is_custom())
    }
}

impl UserFlowKind {
    /// The key of a sentence for people who look at the emulator's start page.
    pub(crate) fn purpose(self) -> &'static str {
        match self {
            Self::SignUpOrSignIn => "purposeSignUpOrSignIn",
            Self::SignIn => "purposeSignIn",
            Self::ProfileEditing => "purposeProfileEditing",
            Self::PasswordReset => "purposePasswordReset",
            Self::ResourceOwner => "purposeResourceOwner",
        }
    }

    /// Does it end with a sign-in page's outcome?
    pub(crate) fn signs_in(self) -> bool {
        matches!(self, Self::SignUpOrSignIn | Self::SignIn)
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 4)
}
