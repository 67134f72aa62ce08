//! The signed-in user, as applications see them.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::claims::Claims;
use super::live::Live;
use super::record::Record;
use super::user_sessions::UserSessions;
use crate::client::Calls;
use crate::future::BoxFuture;
use crate::time::Timestamp;
use crate::tokens::{AccessToken, ClaimsChallenge, TokenError, Tokens};
use crate::trace::{Current, TraceContext};

/// A signed-in user. The layer puts it into the extensions of every request that carries a valid
/// session; with the feature `axum` it is also an extractor.
///
/// The claims are those at the beginning of the request; tokens are always the newest.
#[derive(Clone)]
pub struct Session {
    live: Arc<Live>,
    record: Arc<Record>,
    tokens: Arc<Tokens>,
    calls: Arc<Calls>,
    trace: Option<TraceContext>,
}

impl Session {
    pub(crate) fn new(
        live: Arc<Live>,
        tokens: Arc<Tokens>,
        calls: Arc<Calls>,
        trace: Option<TraceContext>,
    ) -> Self {
        let record = live.record();
        Self {
            live,
            record,
            tokens,
            calls,
            trace,
        }
    }

    pub(crate) fn calls(&self) -> &Arc<Calls> {
        &self.calls
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.tokens.now()
    }

    /// The trace of the request that the session came with.
    pub(crate) fn trace(&self) -> Option<&TraceContext> {
        self.trace.as_ref()
    }

    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    pub(super) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// What the provider says about the user.
    pub fn claims(&self) -> &Claims {
        &self.record.claims
    }

    /// The provider that signed the user in, by its name in the configuration: the `NAME` of
    /// `[providers.NAME]`, or `default`.
    pub fn provider(&self) -> &str {
        &self.record.provider
    }

    /// The user flow that the user signed in with, as the configuration writes it; `None` at
    /// providers that have none (all but B2C).
    pub fn user_flow(&self) -> Option<&str> {
        self.record.user_flow.as_deref()
    }

    /// Whether the user's provider has a user flow to edit the profile with. External ID, Entra ID
    /// and most others have none.
    pub fn can_edit_profile(&self) -> bool {
        let provider = self.tokens.providers().get(self.provider());
        provider.is_some_and(|provider| provider.settings.user_flows.edit_profile.is_some())
    }

    /// When the user signed in.
    pub fn signed_in_at(&self) -> SystemTime {
        self.record.signed_in_at.to_system_time()
    }

    /// When the session ends at the latest, however busy it is.
    pub fn expires_at(&self) -> SystemTime {
        self.record.expires_at.to_system_time()
    }

    /// The user's sessions, this one among them: to list them, to end one, the others or all.
    pub fn user_sessions(&self) -> UserSessions {
        let sessions = self.tokens.sessions();
        sessions.of_user(self.live.indexes.user(), Some(&self.live))
    }

    /// Completes when the session ends: signed out, replaced by a new sign-in, expired or revoked.
    ///
    /// Server-sent events and gRPC streams end by themselves; what runs over an upgraded connection
    /// only its handler can end. A WebSocket's handler waits for this beside its messages:
    ///
    /// ```
    /// # async fn run(session: tower_b2c::Session, messages: impl Future<Output = ()>) {
    /// tokio::select! {
    ///     () = messages => {}
    ///     () = session.ended() => { /* close with 1008, "policy violation" (RFC 6455 §7.4.1) */ }
    /// }
    /// # }
    /// ```
    ///
    /// A sign-out on this instance is told at once, and on another if the store tells of writes; else
    /// that, and an expiry, within `session.revalidate_seconds` (default: 30). Waiting does not keep the session alive.
    pub fn ended(&self) -> BoxFuture<'static, ()> {
        self.tokens.sessions().ended(&self.live)
    }

    /// An access token with these scopes: from the session if it is good for more than thirty
    /// seconds, else freshly acquired. From five minutes before its end (or half its life, if that is
    /// shorter, or when the provider's `refresh_in` says) it is replaced behind the requests, which
    /// go on with the one at hand.
    ///
    /// Scopes may be written as `[[downstream]]` writes them (`demo.read`) or in full
    /// (`https://contoso.onmicrosoft.com/demo-api/demo.read`). Many callers at once cause one
    /// request to the provider, also on several instances that share a store. No scopes mean the
    /// app itself in B2C, and are an error elsewhere.
    ///
    /// # Errors
    ///
    /// [`TokenError::SignInRequired`] turns into a new sign-in when the handler returns it (or
    /// puts its [`Challenge`](crate::Challenge) into the response).
    pub async fn access_token(&self, scopes: &[&str]) -> Result<AccessToken, TokenError> {
        self.traced(self.tokens.acquire(&self.live, scopes)).await
    }

    /// An access token for the API that the configuration calls so (`[[downstream]] name = "demo"`),
    /// with the scopes that it has there; otherwise as [`access_token`](Self::access_token).
    ///
    /// # Errors
    ///
    /// [`TokenError::UnknownDownstream`] if there is none for users of this provider.
    pub async fn token_for(&self, downstream: &str) -> Result<AccessToken, TokenError> {
        let token = self.tokens.acquire_for(&self.live, downstream);
        self.traced(token).await
    }

    /// An access token in place of one that the API answered with 401 to: one that the session has
    /// got meanwhile, else a new one from the provider, however long the old one would have lasted.
    /// Many callers with the same `rejected` cause one request.
    ///
    /// # Errors
    ///
    /// As for [`access_token`](Self::access_token).
    pub async fn replace_access_token(
        &self,
        scopes: &[&str],
        rejected: &AccessToken,
    ) -> Result<AccessToken, TokenError> {
        let token = self.tokens.replace(&self.live, scopes, rejected, None);
        self.traced(token).await
    }

    /// As [`replace_access_token`](Self::replace_access_token), where the API said what is missing:
    /// the provider is asked for a token that answers the challenge, unless the session has got one
    /// for the same challenge meanwhile.
    ///
    /// # Errors
    ///
    /// [`TokenError::SignInRequired`] with the claims where only the user can satisfy it. If the API
    /// still asks for claims once it has seen the new token, return
    /// [`TokenError::claims_required`].
    pub async fn replace_access_token_for(
        &self,
        scopes: &[&str],
        rejected: &AccessToken,
        challenge: &ClaimsChallenge,
    ) -> Result<AccessToken, TokenError> {
        let challenge = Some(challenge);
        let token = self.tokens.replace(&self.live, scopes, rejected, challenge);
        self.traced(token).await
    }

    /// What the provider is asked belongs to the trace of the request that the session came with.
    async fn traced<F: Future>(&self, work: F) -> F::Output {
        match &self.trace {
            Some(trace) => Current::of(trace.clone()).hold(work).await,
            None => work.await,
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("user_flow", &self.user_flow())
            .finish_non_exhaustive()
    }
}
