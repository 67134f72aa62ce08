//! The span around an answer of the layer's own.

use http::{Method, Response};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::outcome::Outcome;
use crate::trace::{Current, TARGET, TraceContext};

/// A request that the layer answers itself.
pub(super) struct Answering {
    span: Span,
    current: Current,
}

impl Answering {
    /// At one of the layer's paths, of which there are as many as the configuration has. The fields
    /// are those of a server span (OpenTelemetry, "Semantic conventions for HTTP spans"); inside of the
    /// app's own span for the request it is an internal one.
    pub(super) fn endpoint(method: &Method, route: &str, context: Option<&TraceContext>) -> Self {
        let current = Current::new(context.cloned());
        let is_outermost = Span::current().is_none();
        let (method, named) = match known(method) {
            Some(method) => (method, method),
            None => ("_OTHER", "HTTP"),
        };
        let span = tracing::info_span!(
            target: TARGET,
            "request",
            otel.name = Empty,
            otel.kind = if is_outermost { "server" } else { "internal" },
            otel.status_code = Empty,
            http.request.method = method,
            http.route = route,
            http.response.status_code = Empty,
            "error.type" = Empty,
            trace_id = current.trace_id(),
            tower_b2c.reference = &*current.reference(),
            tower_b2c.outcome = Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("{named} {route}"));
        }
        Self { span, current }
    }

    /// In place of a page that needs a sign-in, or more of one.
    pub(super) fn challenge(context: Option<&TraceContext>) -> Self {
        let current = Current::new(context.cloned());
        let span = tracing::info_span!(
            target: TARGET,
            "challenge",
            otel.kind = "internal",
            otel.status_code = Empty,
            http.response.status_code = Empty,
            "error.type" = Empty,
            trace_id = current.trace_id(),
            tower_b2c.reference = &*current.reference(),
            tower_b2c.outcome = Empty,
        );
        Self { span, current }
    }

    /// Does the work within the span, and notes what came of it.
    pub(super) async fn run<B>(self, work: impl Future<Output = Response<B>>) -> Response<B> {
        let Self { span, current } = self;
        let work = current.hold(work).instrument(span.clone());
        let mut answer = work.await;
        let outcome = Outcome::take(&mut answer);
        let status = answer.status();
        span.record("http.response.status_code", status.as_u16());
        span.record("tower_b2c.outcome", outcome);
        if status.is_client_error() || status.is_server_error() {
            span.record("error.type", outcome.unwrap_or(status.as_str()));
        }
        if status.is_server_error() {
            span.record("otel.status_code", "ERROR");
        }
        answer
    }
}

/// The methods of RFC 9110 §9 and RFC 5789. Any other is a stranger's own word, of which there are as many
/// as they like, and has no place in the name of a span (OpenTelemetry, "Semantic conventions for HTTP
/// spans").
fn known(method: &Method) -> Option<&str> {
    let standard = [
        Method::CONNECT,
        Method::DELETE,
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
        Method::PATCH,
        Method::POST,
        Method::PUT,
        Method::TRACE,
    ];
    standard.contains(method).then(|| method.as_str())
}
