//! Which pages may read an answer of the token endpoint?

use axum::{
    http::{StatusCode, header},
    response::Response,
};
use url::Url;

use super::{reply, visit::Visit};
use crate::directory::{Client, Tenant};

/// Lets a page read the answer if it belongs to a single-page application.
pub(super) fn allow(mut response: Response, visit: &Visit<'_>) -> Response {
    if let Some(origin) = permitted(visit) {
        reply::set(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        reply::set(&mut response, header::VARY, "Origin");
    }
    response
}

/// Answers the question that a browser asks before a page's request.
pub(super) fn preflight(visit: &Visit<'_>) -> Response {
    let mut response = allow(reply::empty(StatusCode::NO_CONTENT), visit);
    if permitted(visit).is_some() {
        let methods = "GET, POST, OPTIONS";
        reply::set(&mut response, header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        if let Some(names) = visit.header(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            reply::set(&mut response, header::ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        reply::set(&mut response, header::ACCESS_CONTROL_MAX_AGE, "600");
    }
    response
}

fn permitted<'a>(visit: &'a Visit<'_>) -> Option<&'a str> {
    let origin = visit.header(header::ORIGIN)?;
    is_spa(origin, &visit.provider.tenant).then_some(origin)
}

fn is_spa(origin: &str, tenant: &Tenant) -> bool {
    tenant
        .clients
        .iter()
        .flat_map(Client::spa_redirect_uris)
        .filter_map(|uri| Url::parse(uri).ok())
        .any(|url| url.origin().ascii_serialization() == origin)
}
