//! The response future: nothing is boxed while a request just passes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, Response, header};
use pin_project_lite::pin_project;

use super::answering::Answering;
use super::body::B2cBody;
use super::caller::{Audience, Caller};
use super::shell::Shell;
use super::stream::{Pass, SESSION_ENDED, until_ended, watch};
use crate::challenge::Challenge;
use crate::flow::Refusal;
use crate::future::BoxFuture;
use crate::guard::PostedForm;
use crate::session::{Carried, Live};
use crate::tokens::TokenError;

pin_project! {
    /// The future of a response through the layer.
    pub struct ResponseFuture<F, B, E> {
        #[pin]
        state: State<F, B, E>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B, E> {
        /// The inner service has the request; its response is looked at for a challenge.
        Pass {
            #[pin]
            inner: F,
            after: Option<After>,
            ended: Option<BoxFuture<'static, ()>>,
        },
        /// The layer answers, or must ask the store first.
        Work { work: BoxFuture<'static, Result<Response<B2cBody<B>>, E>> },
    }
}

/// The layer's own answer in place of the inner service's.
type Replacement<B> = BoxFuture<'static, Response<B2cBody<B>>>;

/// What is to be done with the inner service's response.
pub(super) struct After {
    pub(super) shell: Arc<Shell>,
    pub(super) caller: Caller,
    /// The request carried a ticket that opens nothing (any more): take it away.
    pub(super) clear_ticket: bool,
    /// The session that the request came with.
    pub(super) live: Option<Arc<Live>>,
    /// The state of it that the browser has, where sessions are kept there.
    pub(super) carried: Option<Carried>,
}

impl<F, B, E> ResponseFuture<F, B, E> {
    pub(super) fn pass(inner: F, after: After) -> Self {
        Self {
            state: State::Pass {
                inner,
                after: Some(after),
                ended: None,
            },
        }
    }

    pub(super) fn work(work: BoxFuture<'static, Result<Response<B2cBody<B>>, E>>) -> Self {
        Self {
            state: State::Work { work },
        }
    }
}

impl<F, B, E> Future for ResponseFuture<F, B, E>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Send + 'static,
    E: Send + 'static,
{
    type Output = Result<Response<B2cBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StateProjection::Work { work } => return work.as_mut().poll(cx),
                StateProjection::Pass {
                    inner,
                    after,
                    ended,
                } => {
                    let Poll::Ready(response) = inner.poll(cx) else {
                        // A gRPC client may go on sending before it is answered.
                        if ended.is_none() {
                            *ended = after.as_ref().and_then(After::until_ended);
                        }
                        let Some(ended) = ended else {
                            return Poll::Pending;
                        };
                        ready!(ended.as_mut().poll(cx));
                        let Some(answer) = after.take().and_then(After::cut_off) else {
                            return Poll::Pending;
                        };
                        return Poll::Ready(Ok(answer));
                    };
                    let response = response?;
                    let Some(after) = after.take() else {
                        return Poll::Ready(Ok(response.map(B2cBody::inner)));
                    };
                    match after.finish(response) {
                        Ok(response) => return Poll::Ready(Ok(response)),
                        Err(answer) => {
                            let work = Box::pin(async move { Ok(answer.await) });
                            this.state.set(State::Work { work });
                        }
                    }
                }
            }
        }
    }
}

impl After {
    /// The end of the session, where an answer that is late must not outlast it.
    fn until_ended(&self) -> Option<BoxFuture<'static, ()>> {
        let live = self.live.as_ref()?;
        let grpc = matches!(self.caller.audience, Audience::Grpc(_));
        grpc.then(|| watch(Arc::clone(&self.shell.sessions), Arc::clone(live)))
    }

    /// The answer to a gRPC client whose session has ended before the call has.
    fn cut_off<B>(self) -> Option<Response<B2cBody<B>>> {
        match self.caller.audience {
            Audience::Grpc(grpc) => Some(self.shell.own(grpc.response(&SESSION_ENDED))),
            _ => None,
        }
    }

    /// Gives the browser the newest state of its session, where it is kept there.
    fn hand_over(&self, headers: &mut HeaderMap) {
        if let (Some(live), Some(carried)) = (&self.live, &self.carried) {
            let request = || self.caller.headers();
            self.shell.hand_over(live, *carried, request, headers);
        }
    }

    /// The response to pass on, or the work that replaces it.
    pub(super) fn finish<B: Send + 'static>(
        self,
        mut response: Response<B>,
    ) -> Result<Response<B2cBody<B>>, Replacement<B>> {
        let navigates = self.caller.audience == Audience::Navigation;
        if let Some(challenge) = response.extensions_mut().remove::<Challenge>() {
            let kept = kept_headers(response.headers());
            let form = response.extensions_mut().remove::<PostedForm>();
            let answering = Answering::challenge(self.caller.trace.as_ref());
            return Err(Box::pin(answering.run(async move {
                let (shell, caller) = (&self.shell, &self.caller);
                let mut answer = match form {
                    Some(form) => shell.challenge_form(caller, &challenge, &form).await,
                    None => shell.challenge(caller, &challenge).await,
                };
                answer.headers_mut().extend(kept);
                self.hand_over(answer.headers_mut());
                self.shell.own(answer)
            })));
        }
        if let Some(error) = response.extensions_mut().remove::<TokenError>() {
            let refusal = Refusal::NoAccessToken(error);
            let mut answer = self.shell.refuse(&self.caller, &refusal);
            answer
                .headers_mut()
                .extend(kept_headers(response.headers()));
            self.hand_over(answer.headers_mut());
            return Ok(self.shell.own(answer));
        }
        // Only as the answer to what the user sees: a late answer to a script must not take the
        // ticket of a sign-in that came in between.
        if self.clear_ticket && navigates {
            let carried = self.caller.headers();
            self.shell.clear_ticket(&carried, response.headers_mut());
        }
        self.hand_over(response.headers_mut());
        if self.caller.trail.is_some() && navigates && !response.status().is_redirection() {
            self.shell.clear_trail(response.headers_mut());
        }
        if let Some(live) = self.live {
            let sessions = &self.shell.sessions;
            let pass = || Pass::Session(Arc::clone(sessions), live);
            return Ok(until_ended(response, pass));
        }
        Ok(response.map(B2cBody::inner))
    }
}

/// What the inner service's headers still mean once its answer is replaced: who may read the answer,
/// and cookies of its own.
pub(crate) fn kept_headers(headers: &HeaderMap) -> HeaderMap {
    let kept = headers.iter().filter(|(name, _)| {
        **name == header::VARY
            || **name == header::SET_COOKIE
            || name.as_str().starts_with("access-control-")
    });
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

impl<F, B, E> fmt::Debug for ResponseFuture<F, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture(…)")
    }
}
