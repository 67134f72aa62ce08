//! The layer.

use std::fmt;
use std::sync::Arc;

use tower_layer::Layer;

use super::caller::{Caller, Callers};
use super::replay::{NoReplay, ReplayBody};
use super::service::AccessTokenService;
use crate::config::Downstream;
use crate::guard::Bearer;
use crate::session::Session;
use crate::tokens::AppTokens;

/// Adds access tokens to the requests of an HTTP client: any tower service over `http::Request`, such
/// as hyper-util's client or a tonic channel.
///
/// - A token goes to the APIs that the layer is given, and nowhere else: scheme, host and port must
///   be those of their `base_url`, and the path beneath its path. Any other request is not sent but
///   answered with [`CallError::NotListed`](crate::client::CallError::NotListed), unless
///   [`others_without_token`](Self::others_without_token) is set.
/// - It is the token of the signed-in [user](Self::for_user), of the [app](Self::for_app) itself, or of
///   who called this app, [on behalf](Self::for_caller) of whom it calls the next. It takes the place of an
///   `Authorization` header that the request may have.
/// - An API that answers 401 (or gRPC's `UNAUTHENTICATED`) is asked once more with a new token, if
///   the body can be [repeated](Self::replaying); else its answer is passed on.
/// - An API that asks for claims gets a token with them. Where only the user can help, the error
///   turns into a sign-in when the handler returns it; where only the caller's user can, into a
///   challenge for the caller. For the app itself nobody can
///   ([`TokenError::ClaimsNotMet`](crate::TokenError::ClaimsNotMet)).
/// - `traceparent` and `tracestate` of the request that is being answered are sent along.
///
/// The client must not follow redirects, or the token goes along within the same host (in reqwest:
/// `redirect::Policy::none()`).
#[derive(Clone)]
pub struct AccessTokenLayer<R = NoReplay> {
    pub(super) shared: Arc<Shared>,
    pub(super) replay: R,
}

/// What all requests share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) apis: Vec<Downstream>,
    pub(super) callers: Callers,
    pub(super) others_pass: bool,
}

impl AccessTokenLayer {
    /// Calls for the user whose [`Session`] is in the extensions of each outgoing request. The APIs
    /// are those of the configuration ([`Config::downstream`](crate::Config::downstream)).
    pub fn for_user(apis: impl IntoIterator<Item = Downstream>) -> Self {
        Self::new(apis, Callers::UserOfRequest)
    }

    /// Calls for this user.
    pub fn for_session(session: Session, apis: impl IntoIterator<Item = Downstream>) -> Self {
        Self::of_caller(Caller::User(session), apis)
    }

    /// Calls in the app's own name, with the token that [`AppTokens::token_for`] has for the API by its
    /// name. The APIs are those of the same configuration
    /// ([`ClientConfig::downstreams`](crate::ClientConfig::downstreams) for an app that signs nobody
    /// in).
    pub fn for_app(tokens: AppTokens, apis: impl IntoIterator<Item = Downstream>) -> Self {
        Self::of_caller(Caller::App(tokens), apis)
    }

    /// Calls for the user for whom this app was called (on-behalf-of; Entra ID and External ID), by
    /// the [`Bearer`] in the extensions of each outgoing request. Without one the request is not sent
    /// but answered with [`CallError::NoBearer`](crate::client::CallError::NoBearer), and with one of
    /// B2C's with [`TokenError::Unsupported`](crate::TokenError::Unsupported).
    pub fn for_caller(tokens: AppTokens, apis: impl IntoIterator<Item = Downstream>) -> Self {
        Self::new(apis, Callers::BearerOfRequest(tokens))
    }

    /// Calls for the user for whom this app was called with this token, as
    /// [`for_caller`](Self::for_caller) does.
    pub fn for_bearer(
        tokens: AppTokens,
        bearer: Bearer,
        apis: impl IntoIterator<Item = Downstream>,
    ) -> Self {
        Self::of_caller(Caller::Bearer(tokens, bearer), apis)
    }

    pub(super) fn of_caller(caller: Caller, apis: impl IntoIterator<Item = Downstream>) -> Self {
        Self::new(apis, Callers::Same(caller))
    }

    fn new(apis: impl IntoIterator<Item = Downstream>, callers: Callers) -> Self {
        Self {
            shared: Arc::new(Shared {
                apis: apis.into_iter().collect(),
                callers,
                others_pass: false,
            }),
            replay: NoReplay,
        }
    }
}

impl<R> AccessTokenLayer<R> {
    /// Repeats a request that was answered with 401, once, with a body copied by this function
    /// before it is sent. Default: requests are not repeated.
    ///
    /// ```
    /// # fn layer(apis: Vec<tower_b2c::Downstream>) {
    /// use bytes::Bytes;
    /// use http_body_util::Full;
    /// use tower_b2c::client::AccessTokenLayer;
    ///
    /// let copy = |body: &Full<Bytes>| Some(body.clone());
    /// let layer = AccessTokenLayer::for_user(apis).replaying(copy);
    /// # }
    /// ```
    pub fn replaying<B, F>(self, copy: F) -> AccessTokenLayer<F>
    where
        F: ReplayBody<B>,
    {
        AccessTokenLayer {
            shared: self.shared,
            replay: copy,
        }
    }

    /// Lets requests to other places pass as they are, without a token. Default: they are not sent.
    pub fn others_without_token(mut self) -> Self {
        let mut shared = Shared::clone(&self.shared);
        shared.others_pass = true;
        self.shared = Arc::new(shared);
        self
    }
}

impl<S, R: Clone> Layer<S> for AccessTokenLayer<R> {
    type Service = AccessTokenService<S, R>;

    fn layer(&self, inner: S) -> AccessTokenService<S, R> {
        AccessTokenService::new(inner, self.clone())
    }
}

impl<R> fmt::Debug for AccessTokenLayer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.shared.apis.iter().map(Downstream::name);
        f.debug_tuple("AccessTokenLayer")
            .field(&names.collect::<Vec<_>>())
            .finish()
    }
}
