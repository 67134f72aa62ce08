//! The response future: nothing is boxed while a request just passes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Response;
use pin_project_lite::pin_project;

use super::answer::nonce_header;
use super::challenge::BearerChallenge;
use super::gate::Gate;
use super::token::Bearer;
use crate::future::BoxFuture;
use crate::layer::{B2cBody, Grpc, kept_headers, until_ended};

pin_project! {
    /// The future of a response through a [`BearerLayer`](crate::BearerLayer).
    pub struct BearerFuture<F, B, E> {
        #[pin]
        state: State<F, B, E>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B, E> {
        /// The inner service has the request; its response is looked at for a challenge.
        Pass { #[pin] inner: F, after: Option<After> },
        /// The layer answers.
        Answer { answer: Option<Response<Bytes>> },
        /// The provider must be asked first.
        Work { work: BoxFuture<'static, Result<Response<B2cBody<B>>, E>> },
    }
}

/// What is to be done with the inner service's response.
pub(super) struct After {
    pub(super) gate: Arc<Gate>,
    /// The gRPC that the caller speaks, if it does.
    pub(super) grpc: Option<Grpc>,
    /// The token that the request was let through for.
    pub(super) bearer: Option<Bearer>,
    /// The nonce that the client is to use from now on.
    pub(super) next_nonce: Option<String>,
}

impl<F, B, E> BearerFuture<F, B, E> {
    pub(super) fn pass(inner: F, after: After) -> Self {
        let after = Some(after);
        Self {
            state: State::Pass { inner, after },
        }
    }

    pub(super) fn answer(answer: Response<Bytes>) -> Self {
        let answer = Some(answer);
        Self {
            state: State::Answer { answer },
        }
    }

    pub(super) fn work(work: BoxFuture<'static, Result<Response<B2cBody<B>>, E>>) -> Self {
        Self {
            state: State::Work { work },
        }
    }
}

impl<F, B, E> Future for BearerFuture<F, B, E>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<B2cBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Work { work } => work.as_mut().poll(cx),
            StateProjection::Answer { answer } => {
                let answer = answer.take().unwrap_or_default();
                Poll::Ready(Ok(answer.map(B2cBody::own)))
            }
            StateProjection::Pass { inner, after } => {
                let response = ready!(inner.poll(cx))?;
                Poll::Ready(Ok(match after.take() {
                    Some(after) => after.finish(response),
                    None => response.map(B2cBody::inner),
                }))
            }
        }
    }
}

impl After {
    /// Whatever the answer is, it has the next nonce: a client is told it once.
    fn finish<B>(mut self, response: Response<B>) -> Response<B2cBody<B>> {
        let nonce = self.next_nonce.take();
        let mut answer = self.replace(response);
        let nonce = nonce.as_deref().and_then(nonce_header);
        answer.headers_mut().extend(nonce);
        answer
    }

    fn replace<B>(self, mut response: Response<B>) -> Response<B2cBody<B>> {
        let Some(challenge) = response.extensions_mut().remove::<BearerChallenge>() else {
            return match self.bearer {
                Some(bearer) => until_ended(response, || self.gate.pass(bearer)),
                None => response.map(B2cBody::inner),
            };
        };
        let mut answer = self.answer(&challenge);
        answer
            .headers_mut()
            .extend(kept_headers(response.headers()));
        answer.map(B2cBody::own)
    }
}

impl<F, B, E> fmt::Debug for BearerFuture<F, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerFuture(…)")
    }
}
