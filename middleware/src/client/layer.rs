//! The layer.

use std::fmt;
use std::sync::Arc;

use tower_layer::Layer;

use super::replay::{NoReplay, ReplayBody};
use super::service::AccessTokenService;
use crate::config::Downstream;
use crate::session::Session;

/// Adds access tokens to the requests of an HTTP client: any tower service over `http::Request`, such
/// as hyper-util's client or a tonic channel.
///
/// - A token goes to the APIs that the layer is given, and nowhere else: scheme, host and port must
///   be those of their `base_url`, and the path beneath its path. Any other request is not sent but
///   answered with [`CallError::NotListed`](crate::client::CallError::NotListed), unless
///   [`others_without_token`](Self::others_without_token) is set.
/// - It is a token with the API's `scopes`, in place of an `Authorization` header that the request
///   may have.
/// - An API that answers 401 (or gRPC's `UNAUTHENTICATED`) is asked once more with a new token, if
///   the body can be [repeated](Self::replaying); else its answer is passed on.
/// - An API that asks for claims gets a token with them. Where only the user can help, the error
///   turns into a sign-in when the handler returns it.
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
    pub(super) caller: Caller,
    pub(super) others_pass: bool,
}

/// For whom the API is called.
#[derive(Clone)]
pub(super) enum Caller {
    /// The user whose session is in the extensions of the request.
    OfRequest,
    Session(Session),
}

impl AccessTokenLayer {
    /// Calls for the user whose [`Session`] is in the extensions of each outgoing request. The APIs
    /// are those of the configuration ([`Config::downstream`](crate::Config::downstream)).
    pub fn for_user(apis: impl IntoIterator<Item = Downstream>) -> Self {
        Self::new(apis, Caller::OfRequest)
    }

    /// Calls for this user.
    pub fn for_session(session: Session, apis: impl IntoIterator<Item = Downstream>) -> Self {
        Self::new(apis, Caller::Session(session))
    }

    fn new(apis: impl IntoIterator<Item = Downstream>, caller: Caller) -> Self {
        Self {
            shared: Arc::new(Shared {
                apis: apis.into_iter().collect(),
                caller,
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
