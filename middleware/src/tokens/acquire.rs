//! Acquires tokens: from the session if it can, by one refresh for all who wait if it must.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::cache::{self, Found};
use super::error::{AccessToken, TokenError};
use crate::config::Config;
use crate::cookie::Purpose;
use crate::events::{AuditEvent, Occurrence};
use crate::jwt::InvalidToken;
use crate::protocol::{Reaction, TokenAnswer, TokenEndpoint, TokenRequestError, verify_id_token};
use crate::provider::{Metadata, Provider, Providers};
use crate::session::{Claims, Grant, Live, Record, Sessions, UpdateError};
use crate::time::{Clock, Timestamp};

/// Acquires access tokens for signed-in users.
pub(crate) struct Tokens {
    config: Arc<Config>,
    providers: Arc<Providers>,
    sessions: Arc<Sessions>,
    clock: Arc<dyn Clock>,
}

impl Tokens {
    pub(crate) fn new(
        config: Arc<Config>,
        providers: Arc<Providers>,
        sessions: Arc<Sessions>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            config,
            providers,
            sessions,
            clock,
        }
    }

    pub(crate) fn sessions(&self) -> &Arc<Sessions> {
        &self.sessions
    }

    pub(crate) async fn acquire(
        self: &Arc<Self>,
        live: &Arc<Live>,
        scopes: &[&str],
    ) -> Result<AccessToken, TokenError> {
        let wanted = self.full_scopes(scopes);
        // A handler may hold a session for longer than it lasts, as that of a WebSocket does.
        if live.is_over() {
            return Err(TokenError::SignInRequired {
                scopes: wanted,
                claims: None,
            });
        }
        match cache::find(&live.record(), &wanted, self.now()) {
            Found::Fresh(token) => return Ok(token.into()),
            // Somebody is at it already, and this one is good for some more minutes.
            Found::Ageing(token) if live.refreshing.try_lock().is_err() => return Ok(token.into()),
            Found::Ageing(_) | Found::Nothing => {}
        }
        // A task of its own: a client that hangs up must not cost the session its refresh token.
        let (tokens, live) = (Arc::clone(self), Arc::clone(live));
        let refresh = tokio::spawn(async move { tokens.refresh_alone(&live, &wanted).await });
        refresh
            .await
            .unwrap_or(Err(TokenError::Unavailable { retry_after: None }))
    }

    pub(crate) fn providers(&self) -> &Providers {
        &self.providers
    }

    /// The scopes as the provider writes them, whichever way they were given.
    pub(crate) fn full_scopes<S: AsRef<str>>(&self, scopes: &[S]) -> Vec<String> {
        let full = |scope: &S| {
            let scope = scope.as_ref();
            let short = self.config.downstreams.iter();
            let named = short
                .clone()
                .find(|api| api.scopes().iter().any(|known| known == scope));
            named.map_or_else(|| scope.to_owned(), |api| api.full_scope(scope))
        };
        scopes.iter().map(full).collect()
    }

    /// The scopes of these that belong to a configured downstream API, in full.
    pub(crate) fn known_scopes<S: AsRef<str>>(&self, scopes: &[S]) -> Vec<String> {
        let mut full = self.full_scopes(scopes);
        let apis = &self.config.downstreams;
        full.retain(|scope| {
            apis.iter()
                .any(|api| api.full_scopes().any(|known| known == *scope))
        });
        full
    }

    /// Waits for its turn, and refreshes unless the one before already has, or has just failed.
    async fn refresh_alone(
        &self,
        live: &Live,
        wanted: &[String],
    ) -> Result<AccessToken, TokenError> {
        let mut last_failure = live.refreshing.lock().await;
        let now = self.now();
        let record = live.record();
        if live.is_over() {
            return Err(TokenError::SignInRequired {
                scopes: wanted.to_vec(),
                claims: None,
            });
        }
        let held = match cache::find(&record, wanted, now) {
            Found::Fresh(token) => return Ok(token.into()),
            Found::Ageing(token) => Some(AccessToken::from(token)),
            Found::Nothing => None,
        };
        if let Some((at, error)) = &*last_failure
            && now.is_within(pause(error), *at)
        {
            return held.ok_or_else(|| error.clone());
        }
        let refreshed = self.refresh(live, &record, wanted).await;
        *last_failure = match &refreshed {
            Err(error @ TokenError::Unavailable { .. }) => Some((self.now(), error.clone())),
            _ => None,
        };
        // Whatever went wrong, a token that is good for some more minutes serves this request.
        refreshed.or_else(|error| held.ok_or(error))
    }

    async fn refresh(
        &self,
        live: &Live,
        record: &Record,
        wanted: &[String],
    ) -> Result<AccessToken, TokenError> {
        if wanted.is_empty() || wanted.iter().any(|scope| record.ungranted.contains(scope)) {
            return Err(TokenError::NotGranted {
                scopes: wanted.to_vec(),
            });
        }
        let sign_in = || TokenError::SignInRequired {
            scopes: wanted.to_vec(),
            claims: None,
        };
        let now = self.now();
        let grant = record.grant.as_ref();
        let grant = grant.filter(|grant| grant.expires_at.is_none_or(|end| end > now));
        let grant = grant.ok_or_else(sign_in)?;

        // A provider that the configuration no longer has cannot be asked.
        let provider = self.providers.get(&record.provider).ok_or_else(sign_in)?;
        let metadata = provider
            .metadata(grant.user_flow.as_deref())
            .await
            .map_err(|error| TokenError::Unavailable {
                retry_after: error.retry_after(),
            })?;
        let endpoint = TokenEndpoint::new(provider, &metadata, now);
        let scopes = Purpose::SignIn.scopes(&provider.settings, wanted);
        let answer = match endpoint.refresh(&grant.refresh_token, &scopes).await {
            Ok(answer) => answer,
            Err(error) => return Err(self.failed(live, grant, error, wanted).await),
        };
        let claims = self
            .verify(&answer, grant, record, provider, &metadata, now)
            .await
            .map_err(|reason| {
                tracing::error!(%reason, "the ID token of a refresh is not accepted");
                TokenError::Refused { code: None }
            })?;

        // Stored before it is used: from here on nothing that happens to the request loses it.
        let change =
            |record: &mut Record| take(record, grant, &answer, claims.as_ref(), wanted, now);
        let updated = self
            .sessions
            .update(live, change)
            .await
            .map_err(|error| match error {
                UpdateError::Ended => sign_in(),
                UpdateError::Store(error) => {
                    tracing::error!(%error, "a refreshed token could not be stored");
                    TokenError::Unavailable { retry_after: None }
                }
            })?;
        match cache::find(&updated, wanted, now) {
            Found::Fresh(token) | Found::Ageing(token) => Ok(token.into()),
            Found::Nothing => Err(TokenError::NotGranted {
                scopes: wanted.to_vec(),
            }),
        }
    }

    /// A refreshed ID token must be genuine and about the same user.
    async fn verify(
        &self,
        answer: &TokenAnswer,
        grant: &Grant,
        record: &Record,
        provider: &Provider,
        metadata: &Arc<Metadata>,
        now: Timestamp,
    ) -> Result<Option<Claims>, InvalidToken> {
        let user_flow = grant.user_flow.as_deref();
        let claims = verify_id_token(provider, metadata, user_flow, answer, None, now).await?;
        let claims = claims.map(Claims::new);
        match &claims {
            Some(claims) if claims.subject() != record.subject() => Err(InvalidToken::Claim("sub")),
            _ => Ok(claims),
        }
    }

    async fn failed(
        &self,
        live: &Live,
        grant: &Grant,
        error: TokenRequestError,
        wanted: &[String],
    ) -> TokenError {
        match error {
            TokenRequestError::Refused(error) => {
                if error.reaction().is_for_operator() {
                    let advice = error.advice();
                    tracing::error!(%error, advice, "the provider refused a refresh");
                } else {
                    tracing::warn!(%error, "the provider refused a refresh");
                }
                let record = live.record();
                let event = AuditEvent {
                    subject: record.subject(),
                    provider: Some(&record.provider),
                    user_flow: grant.user_flow.as_deref(),
                    session: Some(live.key),
                    reason: Some("provider_error"),
                    code: error.code(),
                    ..AuditEvent::default()
                };
                event.tell(Occurrence::RefreshFailed);
                if error.is_about_scopes() {
                    self.remember_ungranted(live, wanted).await;
                    return TokenError::NotGranted {
                        scopes: wanted.to_vec(),
                    };
                }
                match error.reaction() {
                    reaction if reaction.ends_session() => {
                        if let Err(error) = self.sessions.end(&live.ticket).await {
                            tracing::error!(%error, "a revoked session stays in the store");
                        }
                        TokenError::SignInRequired {
                            scopes: wanted.to_vec(),
                            claims: None,
                        }
                    }
                    Reaction::InteractionRequired => TokenError::SignInRequired {
                        scopes: wanted.to_vec(),
                        claims: error.claims().map(str::to_owned),
                    },
                    Reaction::SignInAgain => {
                        self.forget(live, grant).await;
                        TokenError::SignInRequired {
                            scopes: wanted.to_vec(),
                            claims: None,
                        }
                    }
                    Reaction::TryLater | Reaction::StartAgain => {
                        TokenError::Unavailable { retry_after: None }
                    }
                    _ => TokenError::Refused {
                        code: error.code().map(str::to_owned),
                    },
                }
            }
            TokenRequestError::Unavailable(error) => {
                tracing::warn!(%error, "the provider could not be asked for a token");
                TokenError::Unavailable {
                    retry_after: error.retry_after(),
                }
            }
            TokenRequestError::Unreadable(reason) => {
                tracing::error!(reason, "the provider's token response cannot be read");
                TokenError::Unavailable { retry_after: None }
            }
        }
    }

    /// Drops a grant that the provider no longer honours, unless a newer one took its place.
    async fn forget(&self, live: &Live, grant: &Grant) {
        let sent = grant.refresh_token.expose();
        let change = |record: &mut Record| {
            record
                .grant
                .take_if(|present| present.refresh_token.expose() == sent);
        };
        if let Err(UpdateError::Store(error)) = self.sessions.update(live, change).await {
            tracing::warn!(%error, "a dead refresh token stays in the store");
        }
    }

    /// Scopes that the provider refuses are not asked for again in this session.
    async fn remember_ungranted(&self, live: &Live, wanted: &[String]) {
        let change = |record: &mut Record| record.ungranted.extend_from_slice(wanted);
        if let Err(UpdateError::Store(error)) = self.sessions.update(live, change).await {
            tracing::warn!(%error, "a refused scope will be asked for again");
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now(&*self.clock)
    }
}

/// Takes a refresh's answer over into the record.
fn take(
    record: &mut Record,
    used: &Grant,
    answer: &TokenAnswer,
    claims: Option<&Claims>,
    asked: &[String],
    now: Timestamp,
) {
    cache::keep(record, answer, asked, now);
    let granted = cache::granted(answer, asked);
    record.ungranted.extend(
        asked
            .iter()
            .filter(|scope| !granted.contains(scope))
            .cloned(),
    );
    if let Some(refresh_token) = &answer.refresh_token {
        record.grant = Some(Grant {
            user_flow: used.user_flow.clone(),
            refresh_token: refresh_token.clone(),
            expires_at: answer.refresh_expires_at,
        });
    }
    if let (Some(kept), Some(newer)) = (&mut record.origin.id_token, &answer.id_token) {
        kept.clone_from(newer);
    }
    if let Some(claims) = claims {
        record.claims = claims.clone();
        record.apply_edits();
    }
}

/// How long a failure stands for those who come after it.
fn pause(error: &TokenError) -> Duration {
    let asked = match error {
        TokenError::Unavailable { retry_after } => *retry_after,
        _ => None,
    };
    asked
        .unwrap_or(SHORTEST_PAUSE)
        .clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}

impl From<&crate::session::CachedToken> for AccessToken {
    fn from(token: &crate::session::CachedToken) -> Self {
        Self {
            secret: token.token.clone(),
            expires_at: token.expires_at,
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

const SHORTEST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
