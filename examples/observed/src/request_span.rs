//! The app's own span for a request, as OpenTelemetry has it.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Instrument as _;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Answers within a span whose parent is the caller's, and puts that span in the parent's place: what the
/// layer passes on to the provider and to APIs is then this one.
pub(crate) async fn request_span(mut request: Request, next: Next) -> Response {
    let method = request.method().as_str();
    let span = tracing::info_span!(
        "http",
        otel.name = method,
        otel.kind = "server",
        http.request.method = method,
        url.path = request.uri().path(),
        http.response.status_code = Empty,
    );
    let context = TraceContextPropagator::new();
    // Without an exporter there is no trace to join, and headers pass as they came.
    let _ = span.set_parent(context.extract(&Incoming(request.headers())));
    context.inject_context(&span.context(), &mut Outgoing(request.headers_mut()));
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    response
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
