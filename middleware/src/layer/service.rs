//! The tower service.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Method, Request, Response};
use http_body::Body;
use tower_service::Service;

use super::answering::Answering;
use super::body::B2cBody;
use super::callback::posted;
use super::caller::Caller;
use super::current::Current;
use super::future::{After, ResponseFuture};
use super::respond::not_now;
use super::session_cookie::Presented;
use super::shell::Shell;
use crate::cookie::Ticket;
use crate::flow::{Visit, after_sign_out, classify};
use crate::guard::MayKeepForm;
use crate::session::Carried;

/// Gives requests their [`Session`](crate::Session) and answers the layer's own endpoints.
#[derive(Clone)]
pub struct B2cService<S> {
    inner: S,
    current: Arc<Current>,
}

impl<S> B2cService<S> {
    pub(super) fn new(inner: S, current: Arc<Current>) -> Self {
        Self { inner, current }
    }
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for B2cService<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
    RequestBody: Body + Send + 'static,
    RequestBody::Data: Send,
    ResponseBody: Send + 'static,
{
    type Response = Response<B2cBody<ResponseBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResponseBody, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<RequestBody>) -> Self::Future {
        // The settings of this moment: the request goes by them to its end.
        let shell = self.current.shell();
        let found = shell.cookies.look(request.headers());
        let caller = shell.caller(&request, found.trail);
        let mut visit = classify(&shell.config, request.method(), caller.uri.path());
        if found.sign_out.is_some() && visit == Visit::Pass {
            visit = after_sign_out(&shell.config, request.method(), caller.uri.path());
        }
        if visit != Visit::Pass && caller.prefetches {
            // A guess must not begin or end anything; the browser asks again when it is meant.
            let answer = shell.own(not_now());
            return ResponseFuture::work(Box::pin(async { Ok(answer) }));
        }
        if visit != Visit::Pass {
            let (parts, body) = request.into_parts();
            let (method, headers) = (parts.method, parts.headers);
            let route = shell.config.app.mounted(caller.uri.path());
            let answering = Answering::endpoint(&method, &route, caller.trace.as_ref());
            let answer = async move {
                let posted = match visit {
                    Visit::BackChannelSignOut => {
                        let answer = shell.back_channel_sign_out(&caller, &headers, body).await;
                        return shell.own(answer);
                    }
                    Visit::Callback(_) if method == Method::POST => {
                        Some(posted(&headers, body).await)
                    }
                    _ => None,
                };
                let answer = shell.own_endpoint(visit, &method, &caller, &headers, posted);
                let answer = answer.await;
                shell.own(answer)
            };
            return ResponseFuture::work(Box::pin(async { Ok(answering.run(answer).await) }));
        }

        if found.session.is_some()
            && let Some(refusal) = shell.forgery(&request, &caller)
        {
            let answer = shell.own(shell.refuse(&caller, &refusal));
            return ResponseFuture::work(Box::pin(async { Ok(answer) }));
        }
        let (mut clear_ticket, mut live, mut carried) = (false, None, None);
        match shell.presented(&found) {
            Presented::Nothing => {}
            Presented::Dead => clear_ticket = true,
            Presented::Unjudged(error) => {
                let answer = shell.own(shell.store_unavailable(&caller, &error));
                return ResponseFuture::work(Box::pin(async { Ok(answer) }));
            }
            Presented::Alive { ticket, by } => match shell.sessions.cached(&ticket) {
                Some(found) => {
                    let session = shell.session(Arc::clone(&found), caller.trace.clone());
                    request.extensions_mut().insert(session);
                    (live, carried) = (Some(found), by);
                }
                None => return self.ask_the_store(shell, request, caller, ticket, by),
            },
        }
        if live.is_none() && shell.may_keep_form(&request, &caller) {
            request.extensions_mut().insert(MayKeepForm);
        }
        let after = After {
            shell,
            caller,
            clear_ticket,
            live,
            carried,
        };
        ResponseFuture::pass(self.inner.call(request), after)
    }
}

impl<S> B2cService<S> {
    /// The session is not in memory: load it, then go on.
    fn ask_the_store<RequestBody, ResponseBody>(
        &mut self,
        shell: Arc<Shell>,
        mut request: Request<RequestBody>,
        caller: Caller,
        ticket: Ticket,
        carried: Option<Carried>,
    ) -> ResponseFuture<S::Future, ResponseBody, S::Error>
    where
        S: Service<Request<RequestBody>, Response = Response<ResponseBody>>
            + Clone
            + Send
            + 'static,
        S::Future: Send,
        S::Error: Send + 'static,
        RequestBody: Send + 'static,
        ResponseBody: Send + 'static,
    {
        // Readiness belongs to the instance that was polled, so that one goes into the future.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        ResponseFuture::work(Box::pin(async move {
            let live = match shell.sessions.find(&ticket).await {
                Ok(Some(live)) => {
                    let session = shell.session(Arc::clone(&live), caller.trace.clone());
                    request.extensions_mut().insert(session);
                    Some(live)
                }
                Ok(None) => None,
                Err(error) => {
                    return Ok(shell.own(shell.store_unavailable(&caller, &error)));
                }
            };
            if live.is_none() && shell.may_keep_form(&request, &caller) {
                request.extensions_mut().insert(MayKeepForm);
            }
            let after = After {
                shell,
                caller,
                clear_ticket: live.is_none(),
                live,
                carried,
            };
            ResponseFuture::pass(inner.call(request), after).await
        }))
    }
}

impl<S: fmt::Debug> fmt::Debug for B2cService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("B2cService")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
