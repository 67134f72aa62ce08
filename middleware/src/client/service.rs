//! The tower service.

use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};

use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use tower_service::Service;

use super::destination::{api_of, beside};
use super::error::CallError;
use super::layer::AccessTokenLayer;
use super::replay::ReplayBody;
use crate::future::BoxFuture;
use crate::metrics::api_called;
use crate::tokens::{AccessToken, ClaimsChallenge};
use crate::trace::{Current, TraceContext};

/// An HTTP client whose requests carry access tokens; the service of [`AccessTokenLayer`].
#[derive(Clone)]
pub struct AccessTokenService<S, R> {
    inner: S,
    layer: AccessTokenLayer<R>,
}

impl<S, R> AccessTokenService<S, R> {
    pub(super) fn new(inner: S, layer: AccessTokenLayer<R>) -> Self {
        Self { inner, layer }
    }
}

impl<S, R, RequestBody, ResponseBody> Service<Request<RequestBody>> for AccessTokenService<S, R>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
    R: ReplayBody<RequestBody>,
    RequestBody: Send + 'static,
    ResponseBody: Send + 'static,
{
    type Response = Response<ResponseBody>;
    type Error = CallError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(failed)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        // Readiness belongs to the instance that was polled, so that one goes into the future.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        let layer = self.layer.clone();
        Box::pin(async move {
            let shared = &*layer.shared;
            let Some(api) = api_of(&shared.apis, request.uri()) else {
                if shared.others_pass {
                    return inner.call(request).await.map_err(failed);
                }
                let origin = origin(request.uri());
                return Err(CallError::NotListed { origin });
            };
            let trace = request.extensions().get::<TraceContext>().cloned();
            let called = async {
                let caller = shared.callers.of(&request)?;
                let mut beside = beside(&shared.apis, api);
                let api = beside.find(|api| caller.is_for(api)).unwrap_or(api);
                let token = caller.token(api).await?;
                let (mut parts, body) = request.into_parts();
                if let Some(trace) = parts.extensions.get::<TraceContext>() {
                    trace.clone().apply(&mut parts.headers);
                } else if let Some(trace) = caller.trace() {
                    trace.apply(&mut parts.headers);
                }
                let second = layer.replay.copy(&body).map(|body| (parts.clone(), body));
                parts.headers.insert(AUTHORIZATION, bearer(&token));
                let first = inner.call(Request::from_parts(parts, body)).await;
                let response = first.map_err(failed)?;
                if !is_refusal(&response) {
                    return Ok(response);
                }
                let challenge = ClaimsChallenge::from_headers(response.headers());
                let second =
                    second.filter(|_| !caller.has_refused(api, &token, challenge.as_ref()));
                let Some((mut parts, body)) = second else {
                    return match challenge {
                        Some(challenge) => Err(caller.unsatisfied(api, &challenge).into()),
                        None => Ok(response),
                    };
                };
                // Its connection can serve the second attempt.
                drop(response);
                let token = caller.replace(api, &token, challenge.as_ref()).await?;
                parts.headers.insert(AUTHORIZATION, bearer(&token));
                let ready = poll_fn(|cx| inner.poll_ready(cx)).await;
                ready.map_err(failed)?;
                let second = inner.call(Request::from_parts(parts, body)).await;
                let response = second.map_err(failed)?;
                if !is_refusal(&response) {
                    return Ok(response);
                }
                let challenge = ClaimsChallenge::from_headers(response.headers());
                caller.note_refused(api, &token, challenge.as_ref());
                match challenge {
                    Some(challenge) => Err(caller.unsatisfied(api, &challenge).into()),
                    None => Ok(response),
                }
            };
            let answer = match trace {
                Some(trace) => Current::of(trace).hold(called).await,
                None => called.await,
            };
            api_called(api.name(), outcome(&answer));
            answer
        })
    }
}

impl<S: fmt::Debug, R> fmt::Debug for AccessTokenService<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokenService")
            .field("inner", &self.inner)
            .field("layer", &self.layer)
            .finish()
    }
}

/// What came of a call, for metrics.
fn outcome<B>(answer: &Result<Response<B>, CallError>) -> &'static str {
    match answer {
        Ok(response) => match response.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "refused",
            status if status.is_server_error() => "failing",
            _ => "answered",
        },
        Err(CallError::Client(_)) => "no_answer",
        Err(_) => "no_token",
    }
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CallError {
    CallError::Client(error.into())
}

/// Whether the API does not take the token: 401, or gRPC's `UNAUTHENTICATED` in place of an answer.
/// 403 with a challenge about claims is one, too.
fn is_refusal<B>(response: &Response<B>) -> bool {
    let headers = response.headers();
    let unauthenticated = headers
        .get("grpc-status")
        .is_some_and(|status| status == "16");
    let challenged = || headers.contains_key(WWW_AUTHENTICATE);
    match response.status() {
        StatusCode::UNAUTHORIZED => true,
        StatusCode::FORBIDDEN => challenged() && ClaimsChallenge::from_headers(headers).is_some(),
        _ => unauthenticated,
    }
}

/// A header that no log and no table of HTTP/2 shows (RFC 7541 §7.1.3).
fn bearer(token: &AccessToken) -> HeaderValue {
    let value = HeaderValue::from_str(&format!("Bearer {}", token.secret()));
    let mut value = value.unwrap_or(HeaderValue::from_static("Bearer"));
    value.set_sensitive(true);
    value
}

/// Without what could be secret in a URI.
fn origin(uri: &Uri) -> String {
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return String::new();
    };
    let port = uri.port_u16().map(|port| format!(":{port}"));
    format!("{scheme}://{host}{}", port.unwrap_or_default())
}
