//! "I cannot go on like this": what guards and handlers tell the layer.

use std::time::Duration;

use crate::prompt::Prompt;
use crate::protocol::Demand;
use crate::tokens::ClaimsChallenge;

/// A request that needs something first; put it into a response's extensions.
///
/// It says what is missing and nothing about HTTP. The layer turns it into what the caller
/// understands: a redirect to the provider for a browser's navigation, 401 with problem details for
/// scripts and APIs, `UNAUTHENTICATED` for gRPC.
///
/// ```
/// # use tower_b2c::Challenge;
/// let mut response = http::Response::new(());
/// response.extensions_mut().insert(Challenge::sign_in());
///
/// // The user has to pass another user flow, in their language.
/// let step_up = Challenge::sign_in().with_user_flow("stepup").with_ui_locales("de-CH de");
/// # response.extensions_mut().insert(step_up);
/// ```
///
/// A value that cannot be sent (control characters, more than 1024 bytes, a `max_age` that is no
/// number) is left out, and the log says so.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Challenge {
    scopes: Vec<String>,
    provider: Option<String>,
    demand: Box<Demand>,
}

impl Challenge {
    /// The user has to sign in.
    pub fn sign_in() -> Self {
        Self::default()
    }

    /// The user has to sign in so that a token with these scopes can be had.
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The user has to sign in at this provider (the `NAME` of `[providers.NAME]`). A name that the
    /// configuration does not have counts as none.
    pub fn at_provider(mut self, name: impl Into<String>) -> Self {
        self.provider = Some(name.into());
        self
    }

    /// The user has to pass this user flow: a name from `[provider.user_flows]`, or the flow's own
    /// (`B2C_1A_stepup`).
    ///
    /// For a user who is signed in at the same provider this is a step up: the session stays, gets a
    /// new ticket and remembers the flow; what the flow's token says about the person is laid over
    /// the claims; the refresh token remains that of the sign-in. It must be the same account.
    /// Anybody else signs in with this flow.
    pub fn with_user_flow(mut self, name: impl Into<String>) -> Self {
        self.demand.user_flow = Some(name.into());
        self
    }

    /// The user has to prove who they are if the last time is longer ago than this, in whole seconds
    /// (`max_age`, OpenID Connect Core §3.1.2.1). The answer's `auth_time` is checked, with 120
    /// seconds for clocks that differ.
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.demand.max_age = Some(max_age.as_secs());
        self
    }

    /// The authentication must be of one of these classes (`acr_values`, OpenID Connect Core
    /// §3.1.2.1), together at most 256 bytes. The answer's `acr` is checked.
    pub fn with_acr_values<S: Into<String>>(self, values: impl IntoIterator<Item = S>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        self.with_parameter("acr_values", &values.join(" "))
    }

    /// The address or user name to fill in (`login_hint`).
    pub fn with_login_hint(self, hint: &str) -> Self {
        self.with_parameter("login_hint", hint)
    }

    /// The identity provider to go to at once, such as `google.com` (`domain_hint`; Microsoft Learn,
    /// "Set up direct sign-in").
    pub fn with_domain_hint(self, hint: &str) -> Self {
        self.with_parameter("domain_hint", hint)
    }

    /// The languages of the provider's pages, the preferred one first: `de-CH de` (`ui_locales`).
    pub fn with_ui_locales(self, locales: &str) -> Self {
        self.with_parameter("ui_locales", locales)
    }

    /// What the provider's pages should ask (`prompt`).
    pub fn with_prompt(self, prompt: Prompt) -> Self {
        self.with_parameter("prompt", prompt.as_str())
    }

    /// A token that says whom the sign-in is about (`id_token_hint`), of at most 4096 bytes. It
    /// travels in the browser's address bar.
    pub fn with_id_token_hint(self, token: &str) -> Self {
        self.with_parameter("id_token_hint", token)
    }

    /// The claims that are asked for, a JSON object of at most 4096 bytes (`claims`, OpenID Connect
    /// Core §5.5).
    pub fn with_claims(self, claims: &str) -> Self {
        self.with_parameter("claims", claims)
    }

    /// A parameter of the provider's or of a custom policy's own (`{OAUTH-KV:name}`). Those of the
    /// protocol (`state`, `redirect_uri`, `response_type` and their like) are never taken.
    pub fn with_parameter(mut self, name: &str, value: &str) -> Self {
        if let Err(reason) = self.demand.set(name, value) {
            tracing::warn!(name, %reason, "a parameter of a challenge is not sent");
        }
        self
    }

    pub(crate) fn provider(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    pub(crate) fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The claims that are asked for.
    pub(crate) fn claims(&self) -> Option<ClaimsChallenge> {
        let claims = self.demand.parameters.get("claims")?;
        ClaimsChallenge::from_json(claims)
    }

    pub(crate) fn demand(&self) -> &Demand {
        &self.demand
    }
}
