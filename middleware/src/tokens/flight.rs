//! One refresh of a session at a time, in this process and among all that share the store.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::access_token::AccessToken;
use super::acquire::Tokens;
use super::alone::{LastFailure, Needed, alone, is_busy};
use super::cache::{self, Found};
use super::error::TokenError;
use super::turn::Shared;
use super::wanted::Wanted;
use crate::metrics::TokenFor;
use crate::session::{CachedToken, Live, LockKey, Record, SessionStore, StoreError, UpdateError};
use crate::time::Timestamp;
use crate::trace::behind;

/// Whether somebody waits for the token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Urgency {
    /// Any token will do that is good for a while.
    Awaited,
    /// The one at hand serves; it is to be replaced in time.
    Behind,
}

impl Urgency {
    /// The token, if there is no need for another.
    pub(super) fn takes(self, found: Found<'_>) -> Option<&CachedToken> {
        match (found, self) {
            (Found::Fresh(token), _) | (Found::Ageing(token), Self::Awaited) => Some(token),
            _ => None,
        }
    }
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
        if is_busy(&live.refreshing, now) || record.throttled(now).is_some() {
            return;
        }
        let (tokens, live) = (Arc::clone(self), Arc::clone(live));
        self.sessions.background.spawn(behind(async move {
            let refresh = tokens.refresh_alone(&live, &wanted, Urgency::Behind);
            if let Err(error) = refresh.await {
                tracing::warn!(%error, "a token was not replaced ahead of its end");
            }
        }));
    }

    /// Refreshes when it is this one's turn, unless it is no longer needed then.
    pub(super) async fn refresh_alone(
        self: &Arc<Self>,
        live: &Arc<Live>,
        wanted: &Wanted,
        urgency: Urgency,
    ) -> Result<AccessToken, TokenError> {
        let flight = Flight {
            tokens: self,
            live,
            wanted,
            urgency,
        };
        alone(&flight).await
    }
}

/// One who needs a token that the session does not have.
struct Flight<'f> {
    tokens: &'f Arc<Tokens>,
    live: &'f Arc<Live>,
    wanted: &'f Wanted,
    urgency: Urgency,
}

impl Needed for Flight<'_> {
    const FOR: TokenFor = TokenFor::User;

    fn now(&self) -> Timestamp {
        self.tokens.now()
    }

    fn turn(&self) -> &Mutex<LastFailure> {
        &self.live.refreshing
    }

    fn at_hand(&self) -> Option<Result<AccessToken, TokenError>> {
        if self.live.is_over() {
            return Some(Err(self.wanted.sign_in()));
        }
        let record = self.live.record();
        let fits = |token: &_| self.wanted.is_met_by(token);
        let found = cache::find(&record.tokens, fits, self.tokens.now());
        let token = self.urgency.takes(found)?;
        Some(Ok(token.into()))
    }

    fn held(&self) -> Option<AccessToken> {
        if self.live.is_over() {
            return None;
        }
        let record = self.live.record();
        let fits = |token: &_| self.wanted.is_met_by(token);
        let found = cache::find(&record.tokens, fits, self.tokens.now());
        found.any().map(AccessToken::from)
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
