//! Errors as problem details (RFC 9457), as those of the layer are.

use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An answer with this status that says what is wrong with this request.
pub fn of(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
    });
    let content_type = [(CONTENT_TYPE, "application/problem+json")];
    (status, content_type, body.to_string()).into_response()
}

/// What is at no address.
pub async fn not_found(uri: Uri) -> Response {
    let detail = format!("Nothing is at {}.", uri.path());
    of(StatusCode::NOT_FOUND, &detail)
}

/// A method that an address does not have.
pub async fn method_not_allowed() -> Response {
    let detail = "This address does not know the method; Allow lists those that it does.";
    of(StatusCode::METHOD_NOT_ALLOWED, detail)
}
