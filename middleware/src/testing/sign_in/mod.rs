//! Sessions of users who never signed in.

mod record;

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::Value;

use super::error::MintError;
use super::issue::LIFETIME;
use super::layerless;
use crate::config::ProviderSettings;
use crate::layer::{B2cLayer, Minted};
use crate::secret::Secret;
use crate::session::Session;

pub(super) use record::add_claims;

/// A session at this layer, of a user who signed in just now unless the builder says otherwise.
///
/// [`cookie`](SignInBuilder::cookie) is for requests to a service behind the layer: the session is in the
/// layer's own store, or sealed with its own key. [`session`](SignInBuilder::session) is for a request's
/// extensions, where the layer itself is not under test.
pub fn sign_in(layer: &B2cLayer) -> SignInBuilder {
    SignInBuilder::new(Some(layer.clone()))
}

/// A session without a layer, for handlers and guards by themselves: of a user of Azure AD B2C, of the
/// provider `default` and the user flow `B2C_1_signupsignin1` unless the builder says otherwise.
pub fn session() -> SignInBuilder {
    SignInBuilder::new(None)
}

/// A session about to begin.
///
/// Nothing is checked before the last call, which names the first mistake. No
/// [`SignInEvents`](crate::SignInEvents) are told: nobody signed in.
#[derive(Clone, Debug)]
#[must_use]
pub struct SignInBuilder {
    layer: Option<B2cLayer>,
    provider: Option<String>,
    user_flow: Option<String>,
    subject: String,
    claims: Vec<(String, Value)>,
    age: Duration,
    idle: Duration,
    authenticated: Authenticated,
    passed: Vec<(String, Duration)>,
    tokens: Vec<Token>,
    refresh_token: Option<Secret>,
}

/// When the user gave credentials, by the provider's word.
#[derive(Clone, Copy, Debug)]
enum Authenticated {
    AtSignIn,
    Ago(Duration),
    NotTold,
}

#[derive(Clone, Debug)]
struct Token {
    scopes: Vec<String>,
    value: Secret,
    /// Seconds until its end; none for one that has ended.
    left: u64,
}

impl SignInBuilder {
    fn new(layer: Option<B2cLayer>) -> Self {
        Self {
            layer,
            provider: None,
            user_flow: None,
            subject: "11111111-2222-3333-4444-555555555555".to_owned(),
            claims: Vec::new(),
            age: Duration::ZERO,
            idle: Duration::ZERO,
            authenticated: Authenticated::AtSignIn,
            passed: Vec::new(),
            tokens: Vec::new(),
            refresh_token: None,
        }
    }

    /// The user's identifier (`sub`). Default: always the same GUID.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// A claim of the ID token, such as `name` or `emails`. Default: none but those that every ID token
    /// has, which have methods of their own.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.push((name.into(), value.into()));
        self
    }

    /// The provider: the `NAME` of `[providers.NAME]`. Default: the configuration's.
    pub fn provider(mut self, name: impl Into<String>) -> Self {
        self.provider = Some(name.into());
        self
    }

    /// The user flow that the user signed in with: its own name or the configuration's for it. Default:
    /// the provider's `sign_up_sign_in`, if it has user flows.
    pub fn user_flow(mut self, name: impl Into<String>) -> Self {
        self.user_flow = Some(name.into());
        self
    }

    /// The user passed this user flow as well, in a step up so long ago.
    pub fn passed(mut self, user_flow: impl Into<String>, ago: Duration) -> Self {
        self.passed.push((user_flow.into(), ago));
        self
    }

    /// How long ago the user signed in, in whole seconds. Beyond `session.absolute_minutes` the layer
    /// refuses the session. Default: just now.
    pub fn age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }

    /// How long ago the session was last used, in whole seconds. Beyond `session.idle_minutes` the layer
    /// refuses the session. Default: just now.
    pub fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// How long ago the user gave credentials (`auth_time`), which may be longer than the session's
    /// [`age`](Self::age) where the provider remembered them. Default: at the sign-in.
    pub fn authenticated(mut self, ago: Duration) -> Self {
        self.authenticated = Authenticated::Ago(ago);
        self
    }

    /// The provider does not say when the user gave credentials, as Entra ID by default.
    pub fn without_auth_time(mut self) -> Self {
        self.authenticated = Authenticated::NotTold;
        self
    }

    /// An access token with these scopes, good for an hour from now. Scopes are written as for
    /// [`Session::access_token`]; the value is what a handler gets and may be any text.
    pub fn token(self, scopes: &[&str], value: impl Into<String>) -> Self {
        self.token_ending_in(scopes, value, Duration::from_secs(LIFETIME))
    }

    /// An access token with so much left of its hour. Of one with five minutes or less the layer seeks a
    /// replacement behind the request, of one with thirty seconds or less before it hands one out.
    pub fn token_ending_in(
        mut self,
        scopes: &[&str],
        value: impl Into<String>,
        left: Duration,
    ) -> Self {
        self.tokens.push(Token {
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            value: Secret::new(value),
            left: left.as_secs(),
        });
        self
    }

    /// An access token that has ended.
    pub fn expired_token(self, scopes: &[&str]) -> Self {
        self.token_ending_in(scopes, "ended", Duration::ZERO)
    }

    /// A refresh token. A [`Provider`](super::Provider) redeems any. Default: none, so that a token
    /// that is missing takes a new sign-in.
    pub fn refresh_token(mut self, value: impl Into<String>) -> Self {
        self.refresh_token = Some(Secret::new(value));
        self
    }

    /// The session, as a request has it in its extensions. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// When no provider of the configuration could have said so, or the store cannot keep it.
    pub async fn session(self) -> Result<Session, MintError> {
        Ok(self.mint().await?.session())
    }

    /// The value of a `Cookie` header with which the layer knows the user. Needs a tokio runtime.
    ///
    /// Any layer knows it that has the same store; with `session.store = "cookie"` any that has the same
    /// key.
    ///
    /// # Errors
    ///
    /// As for [`session`](Self::session); without a layer; with [`MintError::TooLarge`] where the session
    /// is at home in the browser and does not fit there.
    pub async fn cookie(self) -> Result<HeaderValue, MintError> {
        if self.layer.is_none() {
            return Err(MintError::NoLayer);
        }
        Ok(self.mint().await?.cookie()?)
    }

    /// The [`cookie`](Self::cookie), and what shows that a script of the app's own page sends the
    /// request: `Sec-Fetch-Site: same-origin` and `X-CSRF: 1`, so that one that changes something passes
    /// under every `app.csrf`, and `POST /logout` signs out.
    ///
    /// # Errors
    ///
    /// As for [`cookie`](Self::cookie).
    pub async fn headers(self) -> Result<HeaderMap, MintError> {
        Ok(HeaderMap::from_iter([
            (header::COOKIE, self.cookie().await?),
            (SEC_FETCH_SITE, HeaderValue::from_static("same-origin")),
            (X_CSRF, HeaderValue::from_static("1")),
        ]))
    }

    async fn mint(self) -> Result<Minted, MintError> {
        let layer = match &self.layer {
            Some(layer) => layer.clone(),
            None => layerless::layer(
                self.provider.as_deref().unwrap_or(ProviderSettings::ONLY),
                self.user_flow.as_deref().unwrap_or("B2C_1_signupsignin1"),
            )?,
        };
        let now = layer.now();
        let record = self.record(&layer, now)?;
        Ok(layer.mint(record, now - self.idle).await?)
    }
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const X_CSRF: HeaderName = HeaderName::from_static("x-csrf");
