//! One refresh of a session at a time, in this process and among all that share the store.

use std::sync::Arc;
use std::time::Duration;

use super::access_token::AccessToken;
use super::acquire::Tokens;
use super::cache::{self, Found};
use super::error::TokenError;
use super::failure::pause;
use super::turn::{Shared, take_turns};
use super::wanted::Wanted;
use crate::session::{Live, LockKey, Record, SessionStore, StoreError, UpdateError};

/// Whether somebody waits for the token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Urgency {
    /// Any token will do that is good for a while.
    Awaited,
    /// The one at hand serves; it is to be replaced in time.
    Behind,
}

impl Tokens {
    /// Begins to replace a token that is still good, unless that is under way or has just failed.
    pub(super) fn refresh_behind(
        self: &Arc<Self>,
        live: &Arc<Live>,
        record: &Record,
        wanted: Wanted,
    ) {
        let now = self.now();
        let has_failed = match live.refreshing.try_lock() {
            Ok(last) => last
                .as_ref()
                .is_some_and(|(at, error)| now.is_within(pause(error).max(BEHIND_AGAIN), *at)),
            Err(_) => return,
        };
        if has_failed || record.throttled(now).is_some() {
            return;
        }
        let (tokens, live) = (Arc::clone(self), Arc::clone(live));
        tokio::spawn(async move {
            let refresh = tokens.refresh_alone(&live, &wanted, Urgency::Behind);
            if let Err(error) = refresh.await {
                tracing::warn!(%error, "a token was not replaced ahead of its end");
            }
        });
    }

    /// Waits for its turn in this process, then for that among the processes, and refreshes unless
    /// the one before already has, or has just failed.
    pub(super) async fn refresh_alone(
        self: &Arc<Self>,
        live: &Arc<Live>,
        wanted: &Wanted,
        urgency: Urgency,
    ) -> Result<AccessToken, TokenError> {
        let mut last_failure = live.refreshing.lock().await;
        let flight = Flight {
            tokens: self,
            live,
            wanted,
            urgency,
        };
        if let Some(outcome) = flight.at_hand() {
            return outcome;
        }
        if let Some((at, error)) = &*last_failure
            && self.now().is_within(pause(error), *at)
        {
            return flight.held().ok_or_else(|| error.clone());
        }
        let refreshed = take_turns(&flight).await;
        let refreshed = refreshed.unwrap_or(Err(TokenError::Unavailable { retry_after: None }));
        *last_failure = match &refreshed {
            Err(error @ TokenError::Unavailable { .. }) => Some((self.now(), error.clone())),
            _ => None,
        };
        // Whatever went wrong, a token that is good for some more time serves this request.
        refreshed.or_else(|error| flight.held().ok_or(error))
    }
}

/// One who needs a token that the session does not have.
struct Flight<'f> {
    tokens: &'f Arc<Tokens>,
    live: &'f Arc<Live>,
    wanted: &'f Wanted,
    urgency: Urgency,
}

impl Flight<'_> {
    /// What the session in memory says: a token by now, or an end.
    fn at_hand(&self) -> Option<Result<AccessToken, TokenError>> {
        if self.live.is_over() {
            return Some(Err(self.wanted.sign_in()));
        }
        let record = self.live.record();
        let fits = |token: &_| self.wanted.is_met_by(token);
        match cache::find(&record, fits, self.tokens.now()) {
            Found::Fresh(token) => Some(Ok(token.into())),
            Found::Ageing(token) if self.urgency == Urgency::Awaited => Some(Ok(token.into())),
            _ => None,
        }
    }

    /// A token that would not be for long, in place of none.
    fn held(&self) -> Option<AccessToken> {
        if self.live.is_over() {
            return None;
        }
        let record = self.live.record();
        let fits = |token: &_| self.wanted.is_met_by(token);
        match cache::find(&record, fits, self.tokens.now()) {
            Found::Fresh(token) | Found::Ageing(token) | Found::Expiring(token) => {
                Some(token.into())
            }
            Found::Nothing => None,
        }
    }
}

impl Shared for Flight<'_> {
    type Outcome = Result<AccessToken, TokenError>;

    fn store(&self) -> &dyn SessionStore {
        self.tokens.sessions.store()
    }

    fn lock(&self) -> LockKey {
        // One refresh token, so one request at a time, whatever the scopes.
        LockKey::of_session("refresh", self.live.key)
    }

    async fn look(&self) -> Result<Option<Self::Outcome>, StoreError> {
        match self.tokens.sessions.reload(self.live).await {
            Ok(()) => {}
            Err(UpdateError::Ended) => return Ok(Some(Err(self.wanted.sign_in()))),
            // The store is there, and what it has may hold a refresh token newer than ours.
            Err(UpdateError::Store(error)) if error.is_newer_format() => {
                return Ok(Some(Err(TokenError::Unavailable { retry_after: None })));
            }
            Err(UpdateError::Store(error)) => return Err(error),
        }
        let throttled = || self.live.record().throttled(self.tokens.now()).map(Err);
        Ok(self.at_hand().or_else(throttled))
    }

    async fn news(&self, at_most: Duration) {
        self.live.changed(at_most).await;
    }

    async fn work(&self) -> Self::Outcome {
        let outcome = self.tokens.refresh(self.live, self.wanted).await;
        if let Err(TokenError::Unavailable { retry_after }) = &outcome {
            self.tokens.share_failure(self.live, *retry_after).await;
        }
        outcome
    }
}

/// How long the next attempt waits after one that nobody waited for has failed.
const BEHIND_AGAIN: Duration = Duration::from_secs(30);
