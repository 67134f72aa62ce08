use std::future::pending;

use axum::{
    body::{Body, to_bytes},
    http::{StatusCode, header, request},
    response::Response,
};
use serde_json::json;
use tokio::time::sleep;

use super::reply;
use crate::{
    address::Endpoint,
    control::{Misbehaviour, Misbehaviours, Occasion},
    protocol::{Fault, Report},
    provider::Provider,
    random::numbered,
};

/// Collects the misbehaviours that a request meets. A header that orders an unknown one is
/// answered right away.
pub(super) fn collect(
    parts: &request::Parts,
    occasion: &Occasion<'_>,
    provider: &Provider,
) -> Result<Misbehaviours, Box<Response>> {
    let ordered = parts
        .headers
        .get_all(HEADER)
        .iter()
        .filter(|_| provider.settings.misbehave_header)
        .flat_map(|value| value.to_str().unwrap_or_default().split(','));
    let ordered: Result<Vec<_>, _> = ordered
        .map(|name| Misbehaviour::named(name.trim()))
        .collect();
    match ordered {
        Ok(ordered) => Ok(provider.faults.at(occasion, ordered)),
        Err(unknown) => {
            let document = json!({ "error": format!("{HEADER}: {unknown}") });
            let response = reply::private_json(StatusCode::BAD_REQUEST, &document);
            Err(Box::new(reply::noted(response, "unknown misbehaviour")))
        }
    }
}

/// Awaits the answer of an endpoint, or does what its misbehaviours demand instead.
pub(super) async fn answer(
    bad: &Misbehaviours,
    endpoint: Option<Endpoint>,
    provider: &Provider,
    answer: impl FnOnce() -> Response,
) -> Response {
    sleep(bad.delay()).await;
    if bad.has(&Misbehaviour::Hang) {
        pending::<()>().await;
    }
    if let Some((status, wait)) = bad.find(http_failure) {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = reply::empty(status);
        if let Some(seconds) = wait {
            reply::set(&mut response, header::RETRY_AFTER, &seconds.to_string());
        }
        return response;
    }
    if bad.has(&Misbehaviour::Html) {
        return reply::noted(reply::page(StatusCode::OK, MAINTENANCE.to_owned()), "HTML");
    }
    if endpoint == Some(Endpoint::Token)
        && let Some(fault) = bad.find(ordered_fault)
    {
        return refused(fault, provider);
    }
    let response = bad.during(|| numbered(provider.ids.as_ref(), answer));
    if bad.has(&Misbehaviour::TruncatedJson) {
        return reply::noted(halved(response).await, "truncated");
    }
    response
}

fn http_failure(misbehaviour: &Misbehaviour) -> Option<(u16, Option<u32>)> {
    match misbehaviour {
        Misbehaviour::Status(status) => Some((*status, None)),
        Misbehaviour::RetryAfter(status, seconds) => Some((*status, Some(*seconds))),
        _ => None,
    }
}

/// The error that a misbehaviour orders of either endpoint.
pub(super) fn ordered_fault(misbehaviour: &Misbehaviour) -> Option<Fault> {
    match misbehaviour {
        Misbehaviour::Throttled => Some(Fault::Throttled),
        Misbehaviour::Error(code) => Fault::ordered(*code),
        _ => None,
    }
}

/// The token endpoint's answer: with status 429 where the client shall wait.
fn refused(fault: Fault, provider: &Provider) -> Response {
    let report = Report::new(fault, provider.clock.now());
    let document = json!({
        "error": report.fault.error_at_token_endpoint(),
        "error_description": report.description(),
    });
    let is_throttling = report.fault.is_throttling();
    let status = if is_throttling {
        StatusCode::TOO_MANY_REQUESTS
    } else {
        StatusCode::BAD_REQUEST
    };
    let mut response = reply::private_json(status, &document);
    if is_throttling {
        reply::set(&mut response, header::RETRY_AFTER, "30");
    }
    reply::refused(response, &report.fault)
}

async fn halved(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes.slice(..bytes.len() / 2)))
}

const HEADER: &str = "x-b2c-emulator-misbehave";
const MAINTENANCE: &str = "<!doctype html><html lang=\"en\"><title>Service unavailable</title>\
     <h1>Service unavailable</h1><p>A misbehaviour of b2c-emulator, as ordered.</p></html>";
