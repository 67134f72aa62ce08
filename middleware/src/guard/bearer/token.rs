//! A token that has been verified.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde_json::Value;

use super::challenge::BearerChallenge;
use crate::jwt::{Accepted, Binding, client_id, user_flow};
use crate::secret::Secret;
use crate::session::Claims;

/// An access token that has been verified, in the extensions of a request that went through a
/// [`BearerLayer`](crate::BearerLayer). With the feature `axum` it is an extractor.
///
/// Scopes are what a person lets an application do; app roles are what an administrator lets it do
/// on its own. Neither stands for the other.
#[derive(Clone)]
pub struct Bearer(Arc<Verified>);

struct Verified {
    claims: Claims,
    provider: Arc<str>,
    accepted: Accepted,
    /// Where the provider lets an API act on behalf of its callers.
    token: Option<Secret>,
}

impl Bearer {
    pub(crate) fn new(
        claims: impl Into<Claims>,
        provider: Arc<str>,
        accepted: Accepted,
        token: Option<Secret>,
    ) -> Self {
        Self(Arc::new(Verified {
            provider,
            accepted,
            token,
            claims: claims.into(),
        }))
    }

    /// The token itself, to act on behalf of who showed it.
    pub(crate) fn token(&self) -> Option<&Secret> {
        self.0.token.as_ref()
    }

    /// What the token says.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// The provider that issued it, by its name in the configuration (`default` for `[provider]`).
    pub fn provider(&self) -> &str {
        &self.0.provider
    }

    /// The user's or the application's identifier (`sub`). Entra ID has another one for each
    /// application; [`object_id`](Self::object_id) is the same for all.
    pub fn subject(&self) -> &str {
        self.claims().subject().unwrap_or_default()
    }

    /// The identifier within the tenant (`oid`), at Microsoft's providers.
    pub fn object_id(&self) -> Option<&str> {
        self.text("oid")
    }

    /// The tenant (`tid`), at External ID and Entra ID.
    pub fn tenant_id(&self) -> Option<&str> {
        self.text("tid")
    }

    /// The application that calls (`azp`, `appid` or `client_id`).
    pub fn client_id(&self) -> Option<&str> {
        client_id(|name| self.claims().get(name))
    }

    /// The user flow that the user passed (`tfp` or `acr`), in B2C.
    pub fn user_flow(&self) -> Option<&str> {
        user_flow(|name| self.claims().get(name))
    }

    /// The scopes (`scp` or `scope`). In B2C an application's own token has its app roles here.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let claim = |name| self.claims().get(name);
        words(claim("scp").or_else(|| claim("scope")))
    }

    /// Whether this scope was granted.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|granted| granted == scope)
    }

    /// Whether an application calls on its own, without a user. In B2C nothing in a token tells.
    pub fn is_app_only(&self) -> bool {
        let has = |name| self.claims().get(name).is_some();
        let own_subject = self.client_id() == Some(self.subject());
        self.text("idtyp") == Some("app") || own_subject || !(has("scp") || has("scope"))
    }

    /// The roles of an application that calls on its own (`roles`).
    pub fn app_roles(&self) -> impl Iterator<Item = &str> {
        self.is_app_only()
            .then(|| self.roles())
            .into_iter()
            .flatten()
    }

    /// The roles of the user for whom an application calls (`roles`).
    pub fn user_roles(&self) -> impl Iterator<Item = &str> {
        (!self.is_app_only())
            .then(|| self.roles())
            .into_iter()
            .flatten()
    }

    /// When it ends for this server: its `exp`, and 120 seconds for clocks that differ.
    pub fn expires_at(&self) -> SystemTime {
        self.0.accepted.expires_at.to_system_time()
    }

    /// All of these scopes, or the answer that asks for them.
    pub fn require_scopes(&self, scopes: &[&str]) -> Result<(), BearerChallenge> {
        if scopes.iter().all(|scope| self.has_scope(scope)) {
            return Ok(());
        }
        Err(BearerChallenge::insufficient_scope(scopes.iter().copied()))
    }

    /// What whoever shows the token has to prove.
    pub(super) fn binding(&self) -> Option<&Binding> {
        self.0.accepted.binding.as_ref()
    }

    fn roles(&self) -> impl Iterator<Item = &str> {
        words(self.claims().get("roles"))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.claims().get(name).and_then(Value::as_str)
    }
}

impl fmt::Debug for Bearer {
    /// Without values: they are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer")
            .field("provider", &self.provider())
            .field("claims", &self.0.claims)
            .finish_non_exhaustive()
    }
}

/// Text with spaces between the words (RFC 8693 §4.2), or a list.
fn words(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let (text, list) = match value {
        Some(Value::String(text)) => (text.as_str(), &[][..]),
        Some(Value::Array(list)) => ("", list.as_slice()),
        _ => ("", &[][..]),
    };
    let listed = list.iter().filter_map(Value::as_str);
    text.split(' ')
        .filter(|word| !word.is_empty())
        .chain(listed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::time::Timestamp;

    fn bearer(claims: &Value) -> Bearer {
        Bearer::new(
            claims.as_object().unwrap().clone(),
            "default".into(),
            Accepted {
                expires_at: Timestamp(0),
                binding: None,
            },
            None,
        )
    }

    #[test]
    fn scopes_and_roles_are_kept_apart() {
        let delegated = bearer(&json!({
            "sub": "ada", "azp": "spa", "scp": "demo.read demo.write", "roles": ["Admin"],
        }));
        assert!(delegated.has_scope("demo.write") && !delegated.has_scope("demo"));
        assert!(!delegated.has_scope("Admin") && !delegated.is_app_only());
        assert_eq!(delegated.app_roles().count(), 0);
        assert!(delegated.user_roles().eq(["Admin"]));

        let app = bearer(&json!({ "sub": "job", "appid": "job-id", "roles": ["Demo.Read.All"] }));
        assert!(app.is_app_only() && app.app_roles().eq(["Demo.Read.All"]));
        assert_eq!(app.scopes().count() + app.user_roles().count(), 0);
    }

    #[test]
    fn scopes_are_words_or_a_list() {
        let listed = bearer(&json!({ "sub": "ada", "scp": ["a", "b"] }));
        assert!(listed.scopes().eq(["a", "b"]));
        let words = bearer(&json!({ "sub": "ada", "scope": "a  b" }));
        assert!(words.scopes().eq(["a", "b"]));
        let neither = bearer(&json!({ "sub": "ada", "scope": { "a": 1 } }));
        assert_eq!(neither.scopes().count(), 0);
    }
}
