//! Access tokens of callers that asked nobody for one.

mod claims;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderValue;
use serde_json::Value;

use super::error::MintError;
use super::issue::LIFETIME;
use super::provider::Provider;
use crate::config::{AcceptedTokens, Kind, ProviderSettings};
use crate::guard::Bearer;
use crate::jwt::Accepted;
use crate::time::{SystemClock, Timestamp};

/// An access token without an API, for handlers and guards by themselves.
pub fn access_token() -> AccessTokenBuilder {
    AccessTokenBuilder::new(None)
}

/// An access token about to be made: a good one, unless the builder says otherwise.
///
/// [`authorization`](Self::authorization) is for requests to a service behind a
/// [`BearerLayer`](crate::BearerLayer). [`bearer`](Self::bearer) is for a request's extensions, where the
/// layer itself is not under test.
#[derive(Clone, Debug)]
#[must_use]
pub struct AccessTokenBuilder {
    issuer: Option<Provider>,
    provider: Option<String>,
    user_flow: Option<String>,
    subject: String,
    client: Option<String>,
    scopes: Option<Vec<String>>,
    roles: Vec<String>,
    app_only: bool,
    claims: Vec<(String, Value)>,
    lifetime: i64,
    flaw: Flaw,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Flaw {
    None,
    Signature,
    Key,
    Unsigned,
}

impl AccessTokenBuilder {
    pub(super) fn new(issuer: Option<Provider>) -> Self {
        Self {
            issuer,
            provider: None,
            user_flow: None,
            subject: "11111111-2222-3333-4444-555555555555".to_owned(),
            client: None,
            scopes: None,
            roles: Vec::new(),
            app_only: false,
            claims: Vec::new(),
            lifetime: LIFETIME.cast_signed(),
            flaw: Flaw::None,
        }
    }

    /// The provider that issues it, of several whose tokens the API accepts: the `NAME` of
    /// `[providers.NAME]`. Default: the first.
    pub fn provider(mut self, name: impl Into<String>) -> Self {
        self.provider = Some(name.into());
        self
    }

    /// The user flow that the user passed (`tfp`). Default: the first that the API accepts, in B2C.
    pub fn user_flow(mut self, name: impl Into<String>) -> Self {
        self.user_flow = Some(name.into());
        self
    }

    /// The user's identifier (`sub`). Default: that of [`sign_in`](super::sign_in).
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// The application that calls (`azp`, or `client_id`). Default: the first of `api.clients`, else a
    /// GUID.
    pub fn client(mut self, client_id: impl Into<String>) -> Self {
        self.client = Some(client_id.into());
        self
    }

    /// The scopes (`scp`, or `scope`), in place of those before. Default: `api.scopes`.
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.scopes = Some(scopes.iter().map(|&scope| scope.to_owned()).collect());
        self
    }

    /// Leaves one scope out.
    pub fn without_scope(mut self, scope: &str) -> Self {
        let mut scopes = self.granted();
        scopes.retain(|granted| granted != scope);
        self.scopes = Some(scopes);
        self
    }

    /// The roles (`roles`): of the user, or of the application where it is [`app_only`](Self::app_only).
    pub fn roles(mut self, roles: &[&str]) -> Self {
        self.roles = roles.iter().map(|&role| role.to_owned()).collect();
        self
    }

    /// The application calls in its own name: without scopes, and its subject is itself.
    pub fn app_only(mut self) -> Self {
        self.app_only = true;
        self
    }

    /// A claim more, or another value of one: of these tokens any can be bent, since it is for the layer
    /// to refuse them.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.push((name.into(), value.into()));
        self
    }

    /// How long it lasts from now, in whole seconds. Default: an hour. The layer adds 120 seconds for
    /// clocks that differ.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        self
    }

    /// Ended an hour ago.
    pub fn expired(mut self) -> Self {
        self.lifetime = -LIFETIME.cast_signed();
        self
    }

    /// Begins in an hour.
    pub fn not_yet_valid(self) -> Self {
        let later = self.now() + Duration::from_secs(LIFETIME);
        self.claim("nbf", later.0)
    }

    /// Is for another API.
    pub fn for_another_audience(self) -> Self {
        self.claim("aud", "99998888-0000-aaaa-bbbb-77776666cccc")
    }

    /// Comes from another issuer.
    pub fn of_another_issuer(self) -> Self {
        self.claim("iss", "https://elsewhere.example/v2.0")
    }

    /// Is not signed by whom it says.
    pub fn with_bad_signature(mut self) -> Self {
        self.flaw = Flaw::Signature;
        self
    }

    /// Is signed with a key that the provider does not list.
    pub fn of_unknown_key(mut self) -> Self {
        self.flaw = Flaw::Key;
        self
    }

    /// Is not signed at all (`alg = "none"`).
    pub fn unsigned(mut self) -> Self {
        self.flaw = Flaw::Unsigned;
        self
    }

    /// The token as a request has it in its extensions, whatever is wrong with it: nobody verifies it
    /// here.
    ///
    /// # Errors
    ///
    /// When the API accepts tokens of no such provider or user flow.
    pub fn bearer(self) -> Result<Bearer, MintError> {
        let (provider, claims) = match self.accepted()? {
            Some(accepted) => (accepted.provider.name.clone(), self.claims_at(&accepted)?),
            None => {
                let name = self.provider.as_deref().unwrap_or(ProviderSettings::ONLY);
                (name.to_owned(), self.claims_anywhere())
            }
        };
        let end = claims.get("exp").and_then(Value::as_u64);
        let accepted = Accepted {
            expires_at: Timestamp(end.unwrap_or_default()) + LEEWAY,
            binding: None,
        };
        Ok(Bearer::new(claims, provider.into(), accepted, None))
    }

    /// The value of an `Authorization` header: `Bearer …`.
    ///
    /// # Errors
    ///
    /// As for [`bearer`](Self::bearer); [`MintError::NoApi`] where no layer was built with the provider.
    pub fn authorization(self) -> Result<HeaderValue, MintError> {
        let token = format!("Bearer {}", self.token()?);
        let mut value = HeaderValue::try_from(token).map_err(|_| MintError::NoApi)?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The token in compact form (RFC 7515 §3.1).
    ///
    /// # Errors
    ///
    /// As for [`authorization`](Self::authorization).
    pub fn token(self) -> Result<String, MintError> {
        let issuer = self.issuer.as_ref().ok_or(MintError::NoApi)?;
        let accepted = self.accepted()?.ok_or(MintError::NoApi)?;
        let claims = Value::Object(self.claims_at(&accepted)?);
        let typ = match accepted.provider.kind {
            Kind::Oidc => "at+jwt",
            _ => "JWT",
        };
        let token = issuer.signed(&accepted.provider, typ, &claims)?;
        Ok(self.flaw.spoils(token))
    }

    fn now(&self) -> Timestamp {
        match &self.issuer {
            Some(provider) => provider.now(),
            None => Timestamp::now(&SystemClock),
        }
    }

    /// What the API accepts of the wanted provider; `None` where there is no API.
    fn accepted(&self) -> Result<Option<AcceptedTokens>, MintError> {
        let Some(issuer) = &self.issuer else {
            return Ok(None);
        };
        let (mut all, _) = issuer.accepted();
        let found = match &self.provider {
            Some(name) => all.iter().position(|one| one.provider.name == *name),
            None => Some(0).filter(|_| !all.is_empty()),
        };
        match (found, &self.provider) {
            (Some(index), _) => Ok(Some(all.swap_remove(index))),
            (None, Some(name)) if !all.is_empty() => Err(MintError::UnknownProvider {
                name: name.clone(),
                known: all.into_iter().map(|one| one.provider.name).collect(),
            }),
            (None, _) => Err(MintError::NoApi),
        }
    }

    fn granted(&self) -> Vec<String> {
        let told = || self.issuer.as_ref().map(|provider| provider.accepted().1);
        let scopes = self.scopes.clone().or_else(told);
        scopes.unwrap_or_default()
    }
}

impl Flaw {
    fn spoils(self, token: String) -> String {
        let mut parts = token.split('.');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (header, claims, signature) = (next(), next(), next());
        match self {
            Self::None => token,
            Self::Signature => {
                // The first character decides six bits of the first byte, whatever the length.
                let other = if signature.starts_with('A') { "B" } else { "A" };
                let rest = signature.get(1..).unwrap_or_default();
                format!("{header}.{claims}.{other}{rest}")
            }
            Self::Key => {
                let header =
                    URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"nobody's","typ":"JWT"}"#);
                format!("{header}.{claims}.{signature}")
            }
            Self::Unsigned => {
                let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
                format!("{header}.{claims}.")
            }
        }
    }
}

/// What the layer adds for clocks that differ.
const LEEWAY: Duration = Duration::from_secs(120);
