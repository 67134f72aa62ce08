//! Microsoft Graph's stand-in, at `/graph/{tenant}/v1.0` and `/graph/{tenant}/beta`.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    http::{StatusCode, header, request},
    response::Response,
};
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::{
    Admin, LONGEST_BODY,
    auth::{Caller, caller},
};
use crate::{
    address::Place,
    graph::{Call, answer},
    protocol::Params,
    server::{bearer, misbehave, record::Recording, reply},
};

/// What a path of Graph names.
pub(super) struct GraphPlace {
    tenant: String,
    is_beta: bool,
    path: Vec<String>,
}

/// A path of Graph; `None` for one of the admin API.
pub(super) fn place(path: &str) -> Option<GraphPlace> {
    let decoded = |segment| percent_decode_str(segment).decode_utf8_lossy().into_owned();
    let mut segments = path.strip_prefix("/graph/")?.split('/').map(decoded);
    let tenant = segments.next()?;
    let version = segments.next()?;
    let is_beta = version == "beta";
    (is_beta || version == "v1.0").then(|| GraphPlace {
        tenant,
        is_beta,
        path: segments.collect(),
    })
}

/// Answers as Graph does, or misbehaves as ordered for the endpoint `graph`.
pub(super) async fn graph(
    admin: &Admin,
    place: GraphPlace,
    parts: &request::Parts,
    body: Body,
) -> Response {
    let Ok(provider) = admin.world.provider_of(Some(&place.tenant)) else {
        return reply::not_found();
    };
    let recording = Recording::start(
        parts,
        &Params::parse(""),
        &Place::Graph,
        Arc::clone(&provider),
    );
    let response = if caller(&parts.headers, &admin.token) == Some(Caller::Program) {
        let bad = provider.faults.at(&recording.occasion(), Vec::new());
        let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
            return reply::empty(StatusCode::PAYLOAD_TOO_LARGE);
        };
        let respond = || {
            let query = Params::parse(parts.uri.query().unwrap_or_default());
            let (status, document) = answer(&Call {
                world: &admin.world,
                provider: &provider,
                method: parts.method.as_str(),
                path: place.path,
                is_beta: place.is_beta,
                filter: query.get("$filter"),
                body: String::from_utf8_lossy(&body).into_owned(),
            });
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            if document.is_null() {
                reply::empty(status)
            } else {
                reply::private_json(status, &document)
            }
        };
        misbehave::answer(&bad, Place::Graph.endpoint(), &provider, respond).await
    } else {
        unauthenticated(parts)
    };
    recording.finish(&response);
    response
}

fn unauthenticated(parts: &request::Parts) -> Response {
    let message = match bearer::in_header(&parts.headers) {
        None | Some("") => "Access token is empty.",
        Some(_) => "Lifetime validation failed, the token is expired.",
    };
    let document = json!({ "error": { "code": "InvalidAuthenticationToken", "message": message } });
    let mut response = reply::private_json(StatusCode::UNAUTHORIZED, &document);
    reply::set(&mut response, header::WWW_AUTHENTICATE, "Bearer realm=\"\"");
    response
}
