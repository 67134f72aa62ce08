use std::future::pending;

use axum::{
    body::{Body, to_bytes},
    http::{StatusCode, header},
    response::Response,
};
use tokio::time::sleep;

use super::reply;
use crate::control::{Misbehaviour, Misbehaviours};

/// Awaits the answer of an endpoint, or does what its misbehaviours demand instead.
pub(super) async fn answer(bad: &Misbehaviours, answer: impl FnOnce() -> Response) -> Response {
    sleep(bad.delay()).await;
    if bad.has(&Misbehaviour::Hang) {
        pending::<()>().await;
    }
    if let Some(status) = bad.status() {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return reply::empty(status);
    }
    if bad.has(&Misbehaviour::Html) {
        return reply::noted(reply::page(StatusCode::OK, MAINTENANCE.to_owned()), "HTML");
    }
    let response = answer();
    if bad.has(&Misbehaviour::TruncatedJson) {
        return reply::noted(halved(response).await, "truncated");
    }
    response
}

async fn halved(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes.slice(..bytes.len() / 2)))
}

const MAINTENANCE: &str = "<!doctype html><html lang=\"en\"><title>Service unavailable</title>\
     <h1>Service unavailable</h1><p>A misbehaviour of b2c-emulator, as ordered.</p></html>";
