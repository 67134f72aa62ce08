//! A browser that is sent to the provider.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use url::Url;

use super::read::without_query;
use super::{assert_all, assert_flow, assert_same, unexpected};
use crate::prompt::Prompt;

/// An authorization request (OpenID Connect Core §3.1.2.1).
#[derive(Clone)]
pub struct RedirectChallenge {
    endpoint: String,
    parameters: HashMap<String, String>,
    scopes: Vec<String>,
}

impl RedirectChallenge {
    /// Reads where a redirect leads; `None` if that is no authorization request.
    pub(super) fn of(location: &Url) -> Option<Self> {
        let parameters: HashMap<_, _> = location.query_pairs().into_owned().collect();
        let has = |name: &str| parameters.contains_key(name);
        let is_request = has("client_id") && (has("response_type") || has("request_uri"));
        is_request.then(|| {
            let scopes = parameters.get("scope").map(String::as_str);
            let scopes = scopes.unwrap_or_default().split_whitespace();
            Self {
                endpoint: without_query(location),
                scopes: scopes.map(str::to_owned).collect(),
                parameters,
            }
        })
    }

    /// The authorization endpoint, without its query.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The user flow, in B2C: a part of the path, or `p`.
    pub fn user_flow(&self) -> Option<&str> {
        let mut parts = self.endpoint.split('/');
        let is_flow = |part: &&str| part.to_ascii_lowercase().starts_with("b2c_1");
        self.parameter("p").or_else(|| parts.find(is_flow))
    }

    /// The scopes, in the order of the request.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// What the provider's pages should ask (`prompt`).
    pub fn prompt(&self) -> Option<&str> {
        self.parameter("prompt")
    }

    /// Where the provider sends the browser back to.
    pub fn redirect_uri(&self) -> Option<&str> {
        self.parameter("redirect_uri")
    }

    /// How long ago the user may have given credentials (`max_age`).
    pub fn max_age(&self) -> Option<Duration> {
        let seconds = self.parameter("max_age")?.parse().ok()?;
        Some(Duration::from_secs(seconds))
    }

    /// Any parameter of the request.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// Whether the provider has the request already, and the browser a reference to it (RFC 9126). Then
    /// nothing else is told here.
    pub fn is_pushed(&self) -> bool {
        self.parameters.contains_key("request_uri")
    }

    /// The request goes to this authority: the endpoint begins with it, whatever the case of its letters.
    #[track_caller]
    pub fn assert_authority(&self, authority: &str) -> &Self {
        let expected = authority.trim_end_matches('/').to_ascii_lowercase();
        let found = self.endpoint.to_ascii_lowercase();
        let rest = found.strip_prefix(&expected);
        if !rest.is_some_and(|rest| rest.starts_with('/')) {
            unexpected(&format!("a redirect to {authority}"), &self.endpoint);
        }
        self
    }

    /// The request is for this user flow; case does not matter, as in B2C.
    #[track_caller]
    pub fn assert_user_flow(&self, user_flow: &str) -> &Self {
        assert_flow(user_flow, self.user_flow());
        self
    }

    /// The request is for these scopes and no others, in any order.
    #[track_caller]
    pub fn assert_scopes(&self, scopes: &[&str]) -> &Self {
        assert_all("the scopes", scopes, &self.scopes);
        self
    }

    /// The request is for this scope, among others.
    #[track_caller]
    pub fn assert_scope(&self, scope: &str) -> &Self {
        if !self.scopes.iter().any(|found| found == scope) {
            let found = format!("{:?}", self.scopes.join(" "));
            unexpected(&format!("the scope {scope:?}"), &found);
        }
        self
    }

    /// The provider's pages should ask this.
    #[track_caller]
    pub fn assert_prompt(&self, prompt: Prompt) -> &Self {
        assert_same("prompt", prompt.as_str(), self.prompt());
        self
    }

    /// The provider sends the browser back there.
    #[track_caller]
    pub fn assert_redirect_uri(&self, uri: &str) -> &Self {
        assert_same("redirect_uri", uri, self.redirect_uri());
        self
    }

    /// The user must have given credentials within this time.
    #[track_caller]
    pub fn assert_max_age(&self, max_age: Duration) -> &Self {
        let expected = max_age.as_secs().to_string();
        assert_same("max_age", &expected, self.parameter("max_age"));
        self
    }

    /// What protects the round trip is there: `state`, `nonce` and a PKCE challenge by SHA-256 (RFC 9700
    /// §2.1.1); of a pushed request its reference.
    #[track_caller]
    pub fn assert_protected(&self) -> &Self {
        let missing = |name: &&str| self.parameter(name).is_none_or(str::is_empty);
        let mut needed = ["state", "nonce", "code_challenge"].into_iter();
        if let Some(name) = needed.find(missing).filter(|_| !self.is_pushed()) {
            unexpected("state, nonce and a PKCE challenge", &format!("no {name}"));
        }
        if !self.is_pushed() {
            let method = self.parameter("code_challenge_method");
            assert_same("code_challenge_method", "S256", method);
        }
        self
    }
}

impl fmt::Display for RedirectChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            endpoint, scopes, ..
        } = self;
        write!(
            f,
            "a redirect to {endpoint} for the scopes {:?}",
            scopes.join(" ")
        )
    }
}

impl fmt::Debug for RedirectChallenge {
    /// Without the values of `state`, `nonce` and their like.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedirectChallenge({self})")
    }
}
