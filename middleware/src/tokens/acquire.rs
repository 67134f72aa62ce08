//! Acquires tokens: from the session if it can, by one refresh for all who wait if it must.

use std::fmt;
use std::sync::Arc;

use super::access_token::AccessToken;
use super::alone::is_busy;
use super::cache::{self, Found};
use super::claims_challenge::ClaimsChallenge;
use super::error::TokenError;
use super::flight::Urgency;
use super::scopes::{Scopes, are_of_several_resources, own_scope};
use super::wanted::Wanted;
use crate::config::Config;
use crate::provider::Providers;
use crate::session::{CachedToken, Live, Sessions};
use crate::time::{Clock, Timestamp};
use crate::trace::carried;

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
    pub(crate) async fn acquire<S: AsRef<str> + Sync>(
        self: &Arc<Self>,
        live: &Arc<Live>,
        scopes: &[S],
    ) -> Result<AccessToken, TokenError> {
        // A handler may hold a session for longer than it lasts, as that of a WebSocket does.
        if !live.is_over() {
            let record = live.record();
            let provider = Some(&*record.provider);
            let fits = |token: &CachedToken| self.has_all(token, scopes, provider);
            match cache::find(&record.tokens, fits, self.now()) {
                Found::Fresh(token) => return Ok(token.into()),
                // Good for some more minutes: nobody has to wait for the next one, unless it would
                // not reach the browser that keeps it.
                Found::Ageing(token) => {
                    let token = AccessToken::from(token);
                    let wanted = Wanted::of_scopes(self.full_scopes(scopes, provider));
                    if !self.sessions.are_in_browser() {
                        self.refresh_behind(live, &record, wanted);
                        return Ok(token);
                    }
                    if is_busy(&live.refreshing, self.now()) {
                        return Ok(token);
                    }
                    let refreshed = self.refreshed(live, wanted, Urgency::Behind).await;
                    // Not if the session ended meanwhile.
                    return refreshed.or_else(|error| match error {
                        TokenError::SignInRequired { .. } if live.is_over() => Err(error),
                        _ => Ok(token),
                    });
                }
                Found::Expiring(_) | Found::Nothing => {}
            }
        }
        let wanted = self.wanted(live, scopes)?;
        self.refreshed(live, wanted, Urgency::Awaited).await
    }

    /// A token for the configured API of this name, with all the scopes that it is configured with.
    pub(crate) async fn acquire_for(
        self: &Arc<Self>,
        live: &Arc<Live>,
        downstream: &str,
    ) -> Result<AccessToken, TokenError> {
        let record = live.record();
        let scopes = self.scopes.of_api(downstream, &record.provider);
        let scopes = scopes.ok_or_else(|| TokenError::UnknownDownstream {
            name: downstream.to_owned(),
            provider: record.provider.clone(),
        })?;
        self.acquire(live, scopes).await
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
            ..self.wanted(live, scopes)?
        };
        self.refreshed(live, wanted, Urgency::Awaited).await
    }

    /// The scopes as this provider writes them, whichever way they were given.
    pub(crate) fn full_scopes<S: AsRef<str>>(
        &self,
        scopes: &[S],
        provider: Option<&str>,
    ) -> Vec<String> {
        let full = |scope: &S| self.scopes.full(scope.as_ref(), provider).to_owned();
        scopes.iter().map(full).collect()
    }

    /// The scopes of these that belong to a configured downstream API, in full.
    pub(crate) fn known_scopes<S: AsRef<str>>(&self, scopes: &[S]) -> Vec<String> {
        let mut full = self.full_scopes(scopes, None);
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
        urgency: Urgency,
    ) -> Result<AccessToken, TokenError> {
        let (tokens, live) = (Arc::clone(self), Arc::clone(live));
        let refresh = self.sessions.background.spawn(carried(async move {
            let refresh = tokens.refresh_alone(&live, &wanted, urgency);
            refresh.await
        }));
        refresh
            .await
            .unwrap_or(Err(TokenError::Unavailable { retry_after: None }))
    }

    fn wanted<S: AsRef<str>>(&self, live: &Live, scopes: &[S]) -> Result<Wanted, TokenError> {
        let record = live.record();
        let provider = self.providers.get(&record.provider);
        let Some(settings) = provider.map(|provider| &provider.settings) else {
            return Err(Wanted::of_scopes(self.full_scopes(scopes, None)).sign_in());
        };
        let mut scopes = self.full_scopes(scopes, Some(&record.provider));
        if scopes.is_empty() {
            let own = own_scope(settings).ok_or(TokenError::NoScopes)?;
            scopes.push(own.to_owned());
        }
        if are_of_several_resources(settings.kind, &scopes) {
            return Err(TokenError::SeveralResources { scopes });
        }
        Ok(Wanted::of_scopes(scopes))
    }

    /// No scopes are had by no token: never just any.
    fn has_all<S: AsRef<str>>(
        &self,
        token: &CachedToken,
        scopes: &[S],
        provider: Option<&str>,
    ) -> bool {
        let has = |scope: &S| {
            let full = self.scopes.full(scope.as_ref(), provider);
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
