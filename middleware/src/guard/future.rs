//! What a guard's request comes to: the inner service's answer, or a refusal.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Response, StatusCode};
use pin_project_lite::pin_project;

use crate::layer::B2cBody;

pin_project! {
    /// The future of a guard that decides at once: of
    /// [`RequireUserFlowLayer`](crate::RequireUserFlowLayer),
    /// [`RequireScopesLayer`](crate::RequireScopesLayer) and their like.
    #[derive(Debug)]
    pub struct GuardFuture<F, C> {
        #[pin]
        inner: Option<F>,
        challenge: Option<C>,
    }
}

impl<F, C> GuardFuture<F, C> {
    /// Whoever calls may pass.
    pub(super) fn pass(inner: F) -> Self {
        Self {
            inner: Some(inner),
            challenge: None,
        }
    }

    /// The layer outside turns the challenge into what the caller understands.
    pub(super) fn stop(challenge: C) -> Self {
        Self {
            inner: None,
            challenge: Some(challenge),
        }
    }
}

impl<F, C, B, E> Future for GuardFuture<F, C>
where
    F: Future<Output = Result<Response<B>, E>>,
    C: Clone + Send + Sync + 'static,
{
    type Output = Result<Response<B2cBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(inner) = this.inner.as_pin_mut() {
            return Poll::Ready(Ok(ready!(inner.poll(cx))?.map(B2cBody::inner)));
        }
        Poll::Ready(Ok(refusal(this.challenge.take())))
    }
}

/// The response that carries a challenge to the layer. Without a layer it is a plain 401.
pub(super) fn refusal<C, B>(challenge: Option<C>) -> Response<B2cBody<B>>
where
    C: Clone + Send + Sync + 'static,
{
    let mut response = Response::new(B2cBody::default());
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    if let Some(challenge) = challenge {
        response.extensions_mut().insert(challenge);
    }
    response
}
