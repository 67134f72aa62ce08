//! A guard for signed-in users only.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::challenge::Challenge;
use crate::layer::B2cBody;
use crate::session::Session;

/// Lets signed-in users pass and challenges everybody else.
///
/// It goes inside a [`B2cLayer`](crate::B2cLayer), around what it protects; without that layer
/// nobody passes.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequireSignInLayer(());

impl RequireSignInLayer {
    /// The guard.
    pub fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for RequireSignInLayer {
    type Service = RequireSignIn<S>;

    fn layer(&self, inner: S) -> RequireSignIn<S> {
        RequireSignIn { inner }
    }
}

/// The service of [`RequireSignInLayer`].
#[derive(Clone, Debug)]
pub struct RequireSignIn<S> {
    inner: S,
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for RequireSignIn<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
{
    type Response = Response<B2cBody<ResponseBody>>;
    type Error = S::Error;
    type Future = RequireSignInFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        if request.extensions().get::<Session>().is_some() {
            RequireSignInFuture {
                inner: Some(self.inner.call(request)),
            }
        } else {
            RequireSignInFuture { inner: None }
        }
    }
}

pin_project! {
    /// The future of [`RequireSignIn`].
    #[derive(Debug)]
    pub struct RequireSignInFuture<F> {
        #[pin]
        inner: Option<F>,
    }
}

impl<F, B, E> Future for RequireSignInFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<B2cBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().inner.as_pin_mut() {
            Some(inner) => Poll::Ready(Ok(ready!(inner.poll(cx))?.map(B2cBody::inner))),
            None => {
                let mut response = Response::new(B2cBody::default());
                *response.status_mut() = StatusCode::UNAUTHORIZED;
                response.extensions_mut().insert(Challenge::sign_in());
                Poll::Ready(Ok(response))
            }
        }
    }
}
