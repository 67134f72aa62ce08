//! What is asked for.

use super::error::TokenError;
use crate::secret::Secret;
use crate::session::CachedToken;

/// An access token that somebody needs.
#[derive(Clone)]
pub(super) struct Wanted {
    /// In full; none of them is fulfilled by no token.
    pub(super) scopes: Vec<String>,
    /// A token that the API does not take (any more).
    pub(super) rejected: Option<Secret>,
    /// The claims challenge that the API answered with.
    pub(super) claims: Option<String>,
}

impl Wanted {
    pub(super) fn of_scopes(scopes: Vec<String>) -> Self {
        Self {
            scopes,
            rejected: None,
            claims: None,
        }
    }

    /// Whether a token has all the scopes, and is what the API asked for if it asked.
    pub(super) fn is_met_by(&self, token: &CachedToken) -> bool {
        let has = |scope: &String| token.scopes.contains(scope);
        let is_other = |rejected: &Secret| rejected.expose() != token.token.expose();
        !self.scopes.is_empty()
            && self.scopes.iter().all(has)
            && (self.claims.is_none() || self.claims == token.claims)
            && self.rejected.as_ref().is_none_or(is_other)
    }

    /// The same, once the provider was asked: it may give the same token again.
    pub(super) fn is_met_by_answer(&self, token: &CachedToken) -> bool {
        !self.scopes.is_empty() && self.scopes.iter().all(|scope| token.scopes.contains(scope))
    }

    pub(super) fn sign_in(&self) -> TokenError {
        TokenError::SignInRequired {
            scopes: self.scopes.clone(),
            claims: self.claims.clone(),
        }
    }

    pub(super) fn not_granted(&self) -> TokenError {
        TokenError::NotGranted {
            scopes: self.scopes.clone(),
        }
    }
}
