//! A script or a service that is refused.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use super::{assert_all, assert_flow, assert_same, unexpected};
use crate::challenge::Challenge;
use crate::guard::BearerChallenge;

/// Problem details (RFC 9457) that say what is missing; or what a guard or a handler says is.
#[derive(Clone)]
pub struct RefusedChallenge {
    status: StatusCode,
    details: Map<String, Value>,
    scopes: Vec<String>,
    www_authenticate: Vec<String>,
}

impl RefusedChallenge {
    /// Reads problem details; `None` if they are somebody else's.
    pub(super) fn of(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let details: Map<String, Value> = serde_json::from_slice(body).ok()?;
        details.get("reason")?.as_str()?;
        let values = headers.get_all(header::WWW_AUTHENTICATE).iter();
        let values = values.filter_map(|value| Some(value.to_str().ok()?.to_owned()));
        let listed = details.get("scopes").and_then(Value::as_array);
        let listed = listed.into_iter().flatten().filter_map(Value::as_str);
        let words = details.get("scope").and_then(Value::as_str);
        let words = words.unwrap_or_default().split_whitespace();
        Some(Self {
            status,
            scopes: listed.chain(words).map(str::to_owned).collect(),
            www_authenticate: values.collect(),
            details,
        })
    }

    /// As a [`B2cLayer`](crate::B2cLayer) will say it to a script.
    pub(super) fn raised(challenge: &Challenge) -> Self {
        let mut details = Value::Object(Map::new());
        details["reason"] = "sign_in_required".into();
        if let Some(provider) = challenge.provider() {
            details["provider"] = provider.into();
        }
        if let Some(claims) = challenge.claims() {
            details["claims"] = claims.as_json().into();
        }
        challenge.demand().describe(&mut details);
        for (name, value) in challenge.demand().parameters.iter() {
            if name == "prompt" {
                details["prompt"] = value.into();
            }
        }
        Self::before(StatusCode::UNAUTHORIZED, details, challenge.scopes())
    }

    /// As a [`BearerLayer`](crate::BearerLayer) will say it.
    pub(super) fn of_bearer(challenge: &BearerChallenge) -> Self {
        let mut details = Value::Object(Map::new());
        details["reason"] = challenge.reason().into();
        let mut refused = Self::before(challenge.status(), details, challenge.scopes());
        let value = challenge.www_authenticate(None);
        let value = value.and_then(|value| Some(value.to_str().ok()?.to_owned()));
        refused.www_authenticate.extend(value);
        refused
    }

    fn before(status: StatusCode, details: Value, scopes: &[String]) -> Self {
        let details = match details {
            Value::Object(details) => details,
            _ => Map::new(),
        };
        Self {
            status,
            details,
            scopes: scopes.to_vec(),
            www_authenticate: Vec::new(),
        }
    }

    /// The status: 401, 403 or 503.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The one word for programs: `sign_in_required`, `token_missing`, `token_expired`,
    /// `insufficient_scope` and their like.
    pub fn reason(&self) -> &str {
        self.detail("reason").unwrap_or_default()
    }

    /// The scopes that are missing: in full behind a layer, before one as the handler writes them.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Where a person signs in.
    pub fn sign_in(&self) -> Option<&str> {
        self.detail("sign_in")
    }

    /// The user flow that the user has to pass.
    pub fn user_flow(&self) -> Option<&str> {
        self.detail("user_flow")
    }

    /// How long ago the user may have given credentials (`max_age`).
    pub fn max_age(&self) -> Option<Duration> {
        let seconds = self.details.get("max_age")?.as_u64()?;
        Some(Duration::from_secs(seconds))
    }

    /// The claims challenge, as JSON: from the problem details, or from `WWW-Authenticate` (Microsoft
    /// Learn, "Claims challenges, claims requests and client capabilities").
    pub fn claims(&self) -> Option<String> {
        if let Some(claims) = self.detail("claims") {
            return Some(claims.to_owned());
        }
        let mut values = self.www_authenticate.iter();
        let encoded = values.find_map(|value| {
            let (_, rest) = value.split_once("claims=\"")?;
            rest.split('"').next()
        })?;
        let decoded = URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).ok();
        let standard = || {
            base64::engine::general_purpose::STANDARD
                .decode(encoded)
                .ok()
        };
        String::from_utf8(decoded.or_else(standard)?).ok()
    }

    /// Any member of the problem details that is a text.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name).and_then(Value::as_str)
    }

    /// The values of `WWW-Authenticate`.
    pub fn www_authenticate(&self) -> &[String] {
        &self.www_authenticate
    }

    /// The status is this.
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        if self.status != status {
            unexpected(&format!("status {status}"), &self.to_string());
        }
        self
    }

    /// The reason is this.
    #[track_caller]
    pub fn assert_reason(&self, reason: &str) -> &Self {
        assert_same("the reason", reason, self.detail("reason"));
        self
    }

    /// These scopes are missing and no others, in any order.
    #[track_caller]
    pub fn assert_scopes(&self, scopes: &[&str]) -> &Self {
        assert_all("the scopes", scopes, &self.scopes);
        self
    }

    /// The user has to pass this user flow.
    #[track_caller]
    pub fn assert_user_flow(&self, user_flow: &str) -> &Self {
        assert_flow(user_flow, self.user_flow());
        self
    }

    /// The user must have given credentials within this time.
    #[track_caller]
    pub fn assert_max_age(&self, max_age: Duration) -> &Self {
        if self.max_age() != Some(max_age) {
            let found = self.max_age();
            let found = found.map_or_else(|| "none".to_owned(), |found| format!("{found:?}"));
            unexpected(&format!("max_age {max_age:?}"), &found);
        }
        self
    }

    /// The claims challenge is this JSON, whatever its spaces.
    #[track_caller]
    pub fn assert_claims(&self, json: &str) -> &Self {
        let found = self.claims();
        let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
        let same = found.as_deref().and_then(parsed) == parsed(json) && found.is_some();
        if !same {
            assert_same("the claims challenge", json, found.as_deref());
        }
        self
    }
}

impl fmt::Display for RefusedChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with the reason {:?}", self.status, self.reason())
    }
}

impl fmt::Debug for RefusedChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RefusedChallenge({self})")
    }
}
