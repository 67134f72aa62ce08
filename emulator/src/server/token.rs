use axum::{
    http::{StatusCode, header},
    response::Response,
};
use serde_json::json;

use super::{reply, visit::Visit};
use crate::{
    protocol::{Fault, Params, Report},
    token::{TokenRequest, answer},
};

/// `POST …/oauth2/v2.0/token`
pub(super) fn token(visit: &Visit<'_>, is_post: bool, form: &Params) -> Response {
    let request = TokenRequest::new(form, visit.header(header::AUTHORIZATION));
    let answered = if is_post {
        answer(&request, visit.provider, &visit.authority, visit.user_flow)
    } else {
        Err(Fault::PostOnly)
    };
    match answered {
        Ok(tokens) => reply::private_json(StatusCode::OK, &tokens),
        Err(fault) => refusal(fault, visit),
    }
}

/// HTTP 400 and a document of exactly two members.
fn refusal(fault: Fault, visit: &Visit<'_>) -> Response {
    let report = Report::new(fault, visit.provider.clock.now());
    let document = json!({
        "error": report.fault.error_at_token_endpoint(),
        "error_description": report.description(),
    });
    let response = reply::private_json(StatusCode::BAD_REQUEST, &document);
    reply::refused(response, &report.fault)
}
