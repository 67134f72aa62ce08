//! The log line of an error page: whoever has the page finds the line, the trace and the provider's own
//! records by it.

use http::StatusCode;

use crate::flow::Refusal;
use crate::trace::Current;

/// Tells the log of a refusal, under the reference that its page shows.
pub(super) fn log_refusal(refusal: &Refusal, status: StatusCode, reference: &str) {
    let (current, error) = (Current::get(), refusal.provider_error());
    let trace_id = current.trace_id();
    let provider_correlation_id = error.and_then(|error| error.correlation_id());
    let provider_trace_id = error.and_then(|error| error.trace_id());
    let provider_request_id = error.and_then(|error| error.request_id());
    let (reason, detail) = (refusal.reason(), refusal.detail());
    if status.is_server_error() {
        tracing::error!(
            reference, %status, reason, trace_id, provider_correlation_id, provider_trace_id,
            provider_request_id, detail, "a sign-in journey ended on an error page"
        );
    } else {
        tracing::info!(
            reference, %status, reason, trace_id, provider_correlation_id, provider_trace_id,
            provider_request_id, detail, "a sign-in journey ended on an error page"
        );
    }
}
