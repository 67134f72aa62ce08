//! One request to a provider, with all that is watched of it: its span, its trace, its time.

use http::{HeaderMap, Request, Response};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use url::Url;

use crate::http_client::{HttpClient, HttpError, request_id};
use crate::metrics::{Stopwatch, provider_answered};
use crate::trace::{Current, TARGET};

/// What a provider is asked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Endpoint {
    Discovery,
    Jwks,
    Token,
    Userinfo,
    PushedAuthorization,
}

impl Endpoint {
    fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Jwks => "jwks",
            Self::Token => "token",
            Self::Userinfo => "userinfo",
            Self::PushedAuthorization => "pushed_authorization",
        }
    }
}

/// A place to send requests to.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) http: &'a dyn HttpClient,
    /// By its name in the configuration.
    pub(crate) provider: &'a str,
    pub(crate) endpoint: Endpoint,
}

impl Exchange<'_> {
    /// Sends a request along with the `traceparent` of the one that is being answered. An answer that
    /// says that the provider is failing or throttling is an error.
    pub(crate) async fn send(
        self,
        mut request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, HttpError> {
        if let Some(context) = Current::get().context() {
            context.apply(request.headers_mut());
        }
        let span = self.span(&request);
        let mut pending = Pending {
            exchange: self,
            span: span.clone(),
            took: Stopwatch::start(),
            outcome: None,
        };
        let answer = self.http.send(request).instrument(span.clone()).await;
        if let Ok(answer) = &answer {
            note_answer(&span, answer.status().as_u16(), answer.headers());
        }
        let answer = answer.and_then(|answer| HttpError::check(&answer).map(|()| answer));
        let outcome = outcome(&answer);
        pending.outcome = Some(outcome);
        if outcome != OK {
            note_error(&span, &answer, outcome);
        }
        answer
    }

    /// A client span (OpenTelemetry, "Semantic conventions for HTTP spans"). The address goes without
    /// its query, and a secret is in no address.
    fn span(&self, request: &Request<Vec<u8>>) -> Span {
        let (method, endpoint) = (request.method().as_str(), self.endpoint.name());
        let span = tracing::info_span!(
            target: TARGET,
            "provider_request",
            otel.name = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = method,
            http.response.status_code = Empty,
            url.full = Empty,
            server.address = Empty,
            server.port = Empty,
            "error.type" = Empty,
            tower_b2c.provider = self.provider,
            tower_b2c.endpoint = endpoint,
            tower_b2c.provider_request_id = Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("{method} {endpoint}"));
            if let Ok(url) = Url::parse(&request.uri().to_string()) {
                note_address(&span, url);
            }
        }
        span
    }
}

/// A request that is not answered yet: whoever waits for it may hang up.
struct Pending<'a> {
    exchange: Exchange<'a>,
    span: Span,
    took: Stopwatch,
    outcome: Option<&'static str>,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        let outcome = self.outcome.unwrap_or(CANCELLED);
        if outcome == CANCELLED {
            self.span.record("otel.status_code", "ERROR");
            self.span.record("error.type", CANCELLED);
        }
        let Exchange {
            provider, endpoint, ..
        } = self.exchange;
        provider_answered(provider, endpoint.name(), outcome, &self.took);
    }
}

fn note_address(span: &Span, mut url: Url) {
    url.set_query(None);
    url.set_fragment(None);
    // Neither can fail for an address that HTTP is spoken at.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    span.record("url.full", url.as_str());
    span.record("server.address", url.host_str());
    span.record("server.port", url.port_or_known_default());
}

fn note_answer(span: &Span, status: u16, headers: &HeaderMap) {
    span.record("http.response.status_code", status);
    if let Some(id) = request_id(headers) {
        span.record("tower_b2c.provider_request_id", id);
    }
}

/// The type of an error is the status, where there is one.
fn note_error(span: &Span, answer: &Result<Response<Vec<u8>>, HttpError>, outcome: &str) {
    span.record("otel.status_code", "ERROR");
    match answer {
        Ok(answer) => span.record("error.type", answer.status().as_str()),
        Err(HttpError::Unavailable { status, .. }) => span.record("error.type", status.as_str()),
        Err(_) => span.record("error.type", outcome),
    };
}

fn outcome(answer: &Result<Response<Vec<u8>>, HttpError>) -> &'static str {
    match answer {
        Ok(answer) if answer.status().is_success() => OK,
        Ok(_) => "rejected",
        Err(HttpError::Unavailable { status, .. }) if status.is_client_error() => "throttled",
        Err(HttpError::Unavailable { .. }) => "failing",
        Err(HttpError::TimedOut) => "timed_out",
        Err(HttpError::Unreachable(_)) => "unreachable",
        Err(HttpError::TooLarge) => "too_large",
    }
}

const OK: &str = "ok";
const CANCELLED: &str = "cancelled";
