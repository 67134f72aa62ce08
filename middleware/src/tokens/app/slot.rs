//! One token of an application, in this process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;

use super::asked::Asked;
use super::handle::Inner;
use super::refusal::failed;
use super::replace::Rejected;
use super::stored::Known;
use crate::metrics::TokenFor;
use crate::session::{CachedToken, LockKey, RefreshPause, SessionKey, SessionStore, StoreError};
use crate::time::Timestamp;
use crate::tokens::access_token::AccessToken;
use crate::tokens::alone::{LastFailure, Needed};
use crate::tokens::cache::{self, Found};
use crate::tokens::error::TokenError;
use crate::tokens::flight::Urgency;
use crate::tokens::turn::Shared;

/// The token, and the turn to ask for the next one.
pub(super) struct Slot {
    key: SessionKey,
    known: RwLock<Known>,
    pub(super) turn: Mutex<LastFailure>,
    /// How many answers of the provider there were.
    answers: AtomicU64,
}

impl Slot {
    pub(super) fn new(key: SessionKey) -> Self {
        Self {
            key,
            known: RwLock::default(),
            turn: Mutex::default(),
            answers: AtomicU64::new(0),
        }
    }

    /// What there is, and how long it has yet to live.
    pub(super) fn look<T>(&self, now: Timestamp, seen: impl FnOnce(Found<'_>) -> T) -> T {
        self.look_for(|_| true, now, seen)
    }

    fn look_for<T>(
        &self,
        fits: impl Fn(&CachedToken) -> bool,
        now: Timestamp,
        seen: impl FnOnce(Found<'_>) -> T,
    ) -> T {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        seen(cache::find(&known.tokens, fits, now))
    }

    pub(super) fn answers(&self) -> u64 {
        self.answers.load(Ordering::Acquire)
    }

    /// Whether nothing is lost with it.
    pub(super) fn is_empty(&self, now: Timestamp) -> bool {
        self.look(now, |found| matches!(found, Found::Nothing))
    }

    fn throttled(&self, now: Timestamp) -> Option<TokenError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.pause?.stands(now)
    }

    fn set(&self, newer: Known) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = newer;
    }

    fn get(&self) -> Known {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }
}

/// Somebody who needs a token that is not there, or not for long.
pub(super) struct Request<'r> {
    pub(super) tokens: &'r Inner,
    pub(super) slot: &'r Arc<Slot>,
    pub(super) asked: &'r Asked,
    pub(super) urgency: Urgency,
    /// The token that will not do.
    pub(super) rejected: Option<&'r Rejected>,
}

impl Request<'_> {
    fn fits(&self, token: &CachedToken) -> bool {
        let answers = self.slot.answers();
        self.rejected
            .is_none_or(|rejected| rejected.is_replaced_by(token, answers))
    }

    fn claims(&self) -> Option<&str> {
        self.rejected.and_then(Rejected::claims)
    }

    async fn ask(&self) -> Result<CachedToken, TokenError> {
        let provider = &self.asked.provider;
        let metadata = provider.metadata(provider.sign_in_flow()).await;
        let metadata = metadata.map_err(|error| TokenError::Unavailable {
            retry_after: error.retry_after(),
        })?;
        let now = self.now();
        let answer = self.asked.send(&metadata, self.claims(), now).await;
        let answer = answer.map_err(|error| failed(self.asked, error))?;
        let token = answer.access_token.ok_or_else(|| TokenError::NotGranted {
            scopes: self.asked.scopes.clone(),
        })?;
        Ok(CachedToken {
            scopes: self.asked.scopes.clone(),
            token,
            issued_at: now,
            expires_at: answer.expires_at,
            refresh_at: answer.refresh_at,
            claims: self.claims().map(str::to_owned),
        })
    }
}

impl Needed for Request<'_> {
    const FOR: TokenFor = TokenFor::App;

    fn now(&self) -> Timestamp {
        self.tokens.now()
    }

    fn turn(&self) -> &Mutex<LastFailure> {
        &self.slot.turn
    }

    fn at_hand(&self) -> Option<Result<AccessToken, TokenError>> {
        let token = |found: Found<'_>| self.urgency.takes(found).map(AccessToken::from);
        let fits = |token: &CachedToken| self.fits(token);
        self.slot.look_for(fits, self.now(), token).map(Ok)
    }

    fn held(&self) -> Option<AccessToken> {
        let any = |found: Found<'_>| found.any().map(AccessToken::from);
        let fits = |token: &CachedToken| self.fits(token);
        self.slot.look_for(fits, self.now(), any)
    }
}

impl Shared for Request<'_> {
    type Outcome = Result<AccessToken, TokenError>;

    fn store(&self) -> &dyn SessionStore {
        &*self.tokens.store
    }

    fn lock(&self) -> LockKey {
        LockKey::of_session("app token", self.slot.key)
    }

    async fn look(&self) -> Result<Option<Self::Outcome>, StoreError> {
        let key = self.slot.key;
        let stored = Known::load(&*self.tokens.store, &self.tokens.keys, key).await?;
        if let Some(stored) = stored {
            let present = self.slot.get();
            if stored.is_newer_than(&present) {
                self.slot.set(stored);
            } else if stored.pause.is_some() {
                self.slot.set(Known {
                    pause: stored.pause,
                    ..present
                });
            }
        }
        let throttled = || self.slot.throttled(self.now()).map(Err);
        Ok(self.at_hand().or_else(throttled))
    }

    async fn news(&self, at_most: Duration) {
        tokio::time::sleep(at_most).await;
    }

    async fn work(&self) -> Self::Outcome {
        let outcome = self.ask().await;
        let known = match &outcome {
            Ok(token) => Known {
                tokens: vec![token.clone()],
                pause: None,
            },
            Err(TokenError::Unavailable { retry_after }) => Known {
                pause: Some(RefreshPause::after(*retry_after, self.now())),
                ..self.slot.get()
            },
            Err(_) => return outcome.map(|token| (&token).into()),
        };
        let key = self.slot.key;
        let saved = known
            .save(&*self.tokens.store, &self.tokens.keys, key)
            .await;
        if let Err(error) = saved {
            tracing::warn!(%error, "an app token stays with this instance");
        }
        self.slot.set(known);
        if outcome.is_ok() {
            self.slot.answers.fetch_add(1, Ordering::Release);
        }
        outcome.map(|token| (&token).into())
    }
}
