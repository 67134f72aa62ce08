//! The app's own span for a request, as OpenTelemetry has it.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Answers within a span whose parent is the caller's, and puts that span in the parent's place: what the
/// layer passes on to the provider and to APIs is then this one.
pub(crate) async fn request_span(mut request: Request, next: Next) -> Response {
    let span = server_span(&request);
    let context = TraceContextPropagator::new();
    // Without an exporter there is no trace to join, and headers pass as they came.
    let _ = span.set_parent(context.extract(&Incoming(request.headers())));
    context.inject_context(&span.context(), &mut Outgoing(request.headers_mut()));
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", status.as_str());
    }
    response
}

/// A server span (OpenTelemetry, "Semantic conventions for HTTP spans"). Its name is of the code's words
/// alone, or strangers could make as many names as they like.
fn server_span(request: &Request) -> Span {
    let (method, named) = match known(request.method()) {
        Some(method) => (method, method),
        None => ("_OTHER", "HTTP"),
    };
    // The layer's own paths, and those that there are not, are no routes of the router.
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map(MatchedPath::as_str);
    let name = route.map_or_else(|| named.to_owned(), |route| format!("{named} {route}"));
    tracing::info_span!(
        "http",
        otel.name = &*name,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        // This server speaks no TLS; what is in front of it may.
        url.scheme = request.uri().scheme_str().unwrap_or("http"),
        url.path = request.uri().path(),
        "error.type" = Empty,
    )
}

/// The methods of RFC 9110 §9 and RFC 5789.
fn known(method: &Method) -> Option<&'static str> {
    let standard = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
    ];
    standard.into_iter().find(|known| *known == method.as_str())
}

struct Incoming<'h>(&'h HeaderMap);

impl Extractor for Incoming<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct Outgoing<'h>(&'h mut HeaderMap);

impl Injector for Outgoing<'_> {
    fn set(&mut self, key: &str, value: String) {
        let name = HeaderName::try_from(key);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}
