//! A guard for signed-in users only.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::posted_form::{PostedForm, read_posted, sign_in_first};
use crate::challenge::Challenge;
use crate::future::BoxFuture;
use crate::layer::B2cBody;
use crate::session::Session;

/// Lets signed-in users pass and challenges everybody else.
///
/// It goes inside a [`B2cLayer`](crate::B2cLayer), around what it protects; without that layer
/// nobody passes.
///
/// A form that somebody sends after their session has ended is kept while they sign in again, and
/// sent once more then: of the app's own pages, form-urlencoded, up to 64 KiB and 500 fields, for 15
/// minutes. [`without_kept_forms`](Self::without_kept_forms) and `session.keep_forms = false` switch
/// that off.
#[derive(Clone, Debug)]
pub struct RequireSignInLayer {
    keeps_forms: bool,
    provider: Option<Arc<str>>,
}

impl RequireSignInLayer {
    /// The guard.
    pub fn new() -> Self {
        Self {
            keeps_forms: true,
            provider: None,
        }
    }

    /// The guard of routes for the users of one provider: the `NAME` of `[providers.NAME]`. Whoever
    /// is signed in at another one is asked to sign in there, and is then somebody else.
    pub fn at_provider(self, name: impl Into<String>) -> Self {
        Self {
            provider: Some(name.into().into()),
            ..self
        }
    }

    /// The guard of routes whose forms must not wait anywhere: who sends one without a session is
    /// asked to sign in and to send it again.
    pub fn without_kept_forms(self) -> Self {
        Self {
            keeps_forms: false,
            ..self
        }
    }
}

impl Default for RequireSignInLayer {
    /// As [`new`](Self::new).
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for RequireSignInLayer {
    type Service = RequireSignIn<S>;

    fn layer(&self, inner: S) -> RequireSignIn<S> {
        RequireSignIn {
            inner,
            keeps_forms: self.keeps_forms,
            provider: self.provider.clone(),
        }
    }
}

/// The service of [`RequireSignInLayer`].
#[derive(Clone, Debug)]
pub struct RequireSignIn<S> {
    inner: S,
    keeps_forms: bool,
    provider: Option<Arc<str>>,
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for RequireSignIn<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    RequestBody: Body + Send + 'static,
    RequestBody::Data: Send,
{
    type Response = Response<B2cBody<ResponseBody>>;
    type Error = S::Error;
    type Future = RequireSignInFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let session = request.extensions().get::<Session>();
        let wanted = self.provider.as_deref();
        let passes = |session: &Session| wanted.is_none_or(|name| name == session.provider());
        let state = if session.is_some_and(passes) {
            State::Passed {
                inner: self.inner.call(request),
            }
        } else {
            let reading = self.keeps_forms.then(|| read_posted(request)).flatten();
            let mut challenge = Challenge::sign_in();
            if let Some(provider) = wanted {
                challenge = challenge.at_provider(provider);
            }
            State::Refused {
                reading,
                challenge: Some(challenge),
            }
        };
        RequireSignInFuture { state }
    }
}

pin_project! {
    /// The future of [`RequireSignIn`].
    pub struct RequireSignInFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Passed { #[pin] inner: F },
        Refused {
            reading: Option<BoxFuture<'static, Option<PostedForm>>>,
            challenge: Option<Challenge>,
        },
    }
}

impl<F, B, E> Future for RequireSignInFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<B2cBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Passed { inner } => {
                Poll::Ready(Ok(ready!(inner.poll(cx))?.map(B2cBody::inner)))
            }
            StateProjection::Refused { reading, challenge } => {
                let form = match reading {
                    Some(reading) => ready!(reading.as_mut().poll(cx)),
                    None => None,
                };
                let challenge = challenge.take().unwrap_or_default();
                Poll::Ready(Ok(sign_in_first(challenge, form)))
            }
        }
    }
}

impl<F> fmt::Debug for RequireSignInFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequireSignInFuture(…)")
    }
}
