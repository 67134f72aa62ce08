//! Acquires tokens: from the session if it can, by one refresh for all who wait if it must.

use std::fmt;
use std::sync::Arc;

use super::access_token::AccessToken;
use super::cache::{self, Found};
use super::claims_challenge::ClaimsChallenge;
use super::error::TokenError;
use super::scopes::Scopes;
use super::wanted::Wanted;
use crate::config::Config;
use crate::provider::Providers;
use crate::session::{CachedToken, Live, Sessions};
use crate::time::{Clock, Timestamp};

/// Acquires access tokens for signed-in users.
pub(crate) struct Tokens {
    pub(super) scopes: Scopes,
    pub(super) providers: Arc<Providers>,
    pub(super) sessions: Arc<Sessions>,
    clock: Arc<dyn Clock>,
}

impl Tokens {
    pub(crate) fn new(
        config: &Config,
        providers: Arc<Providers>,
        sessions: Arc<Sessions>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            scopes: Scopes::new(&config.downstreams),
            providers,
            sessions,
            clock,
        }
    }

    pub(crate) fn sessions(&self) -> &Arc<Sessions> {
        &self.sessions
    }

    pub(crate) fn providers(&self) -> &Providers {
        &self.providers
    }

    /// A token with these scopes. One that the session has costs a look at it and nothing else.
    pub(crate) async fn acquire(
        self: &Arc<Self>,
        live: &Arc<Live>,
        scopes: &[&str],
    ) -> Result<AccessToken, TokenError> {
        // A handler may hold a session for longer than it lasts, as that of a WebSocket does.
        if live.is_over() {
            return Err(self.wanted(scopes).sign_in());
        }
        let fits = |token: &CachedToken| self.has_all(token, scopes);
        match cache::find(&live.record(), fits, self.now()) {
            Found::Fresh(token) => return Ok(token.into()),
            // Somebody is at it already, and this one is good for some more minutes.
            Found::Ageing(token) if live.refreshing.try_lock().is_err() => return Ok(token.into()),
            Found::Ageing(_) | Found::Nothing => {}
        }
        self.refreshed(live, self.wanted(scopes)).await
    }

    /// A token that the API has not refused yet: a newer one that the session has by now, else one
    /// from the provider.
    pub(crate) async fn replace(
        self: &Arc<Self>,
        live: &Arc<Live>,
        scopes: &[&str],
        rejected: &AccessToken,
        challenge: Option<&ClaimsChallenge>,
    ) -> Result<AccessToken, TokenError> {
        let wanted = Wanted {
            rejected: Some(rejected.secret.clone()),
            claims: challenge.map(|challenge| challenge.as_json().to_owned()),
            ..self.wanted(scopes)
        };
        self.refreshed(live, wanted).await
    }

    /// The scopes as the provider writes them, whichever way they were given.
    pub(crate) fn full_scopes<S: AsRef<str>>(&self, scopes: &[S]) -> Vec<String> {
        let full = |scope: &S| self.scopes.full(scope.as_ref()).to_owned();
        scopes.iter().map(full).collect()
    }

    /// The scopes of these that belong to a configured downstream API, in full.
    pub(crate) fn known_scopes<S: AsRef<str>>(&self, scopes: &[S]) -> Vec<String> {
        let mut full = self.full_scopes(scopes);
        full.retain(|scope| self.scopes.is_known(scope));
        full
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now(&*self.clock)
    }

    /// A task of its own: a client that hangs up must not cost the session its refresh token.
    async fn refreshed(
        self: &Arc<Self>,
        live: &Arc<Live>,
        wanted: Wanted,
    ) -> Result<AccessToken, TokenError> {
        let (tokens, live) = (Arc::clone(self), Arc::clone(live));
        let refresh = tokio::spawn(async move { tokens.refresh_alone(&live, &wanted).await });
        refresh
            .await
            .unwrap_or(Err(TokenError::Unavailable { retry_after: None }))
    }

    fn wanted(&self, scopes: &[&str]) -> Wanted {
        Wanted::of_scopes(self.full_scopes(scopes))
    }

    /// No scopes are had by no token: never just any.
    fn has_all(&self, token: &CachedToken, scopes: &[&str]) -> bool {
        let has = |scope: &&str| {
            let full = self.scopes.full(scope);
            token.scopes.iter().any(|one| one == full)
        };
        !scopes.is_empty() && scopes.iter().all(has)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}
