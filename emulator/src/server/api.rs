//! The protected sample API.

use axum::{
    http::{StatusCode, request},
    response::Response,
};
use serde_json::json;

use super::{bearer, reply};
use crate::{
    address::Authority,
    directory::Tenant,
    jwt::{Bearer, Unverified},
    protocol::issuer,
    provider::{Provider, Providers},
};

/// `GET /api/me` with an access token that holds the scope `demo.read`.
pub(super) fn me(parts: &request::Parts, providers: &Providers, origin: &str) -> Response {
    let token = bearer::in_header(&parts.headers);
    match token.map(|token| verify(token, providers, origin)) {
        None => challenge(StatusCode::UNAUTHORIZED, None),
        Some(Err(reason)) => challenge(
            StatusCode::UNAUTHORIZED,
            Some(("invalid_token", reason.description())),
        ),
        Some(Ok(bearer)) if bearer.has_scope(SCOPE) => greeting(&bearer),
        Some(Ok(_)) => challenge(
            StatusCode::FORBIDDEN,
            Some((
                "insufficient_scope",
                "The access token does not hold the scope demo.read",
            )),
        ),
    }
}

/// The token may name the host that was used here, or the emulator's own.
fn verify(token: &str, providers: &Providers, origin: &str) -> Result<Bearer, Unverified> {
    let mut result = Err(Unverified::Malformed);
    for provider in providers.all() {
        result = verify_for(token, provider, origin);
        if !matches!(result, Err(Unverified::Issuer | Unverified::UnknownKey)) {
            break;
        }
    }
    result
}

fn verify_for(token: &str, provider: &Provider, origin: &str) -> Result<Bearer, Unverified> {
    let tenant = &provider.tenant;
    let audience = tenant.apis.first().map_or("", |api| api.client_id.as_str());
    let now = provider.clock.now();
    let mut result = Err(Unverified::Issuer);
    for issuer in issuers(tenant, [origin, &provider.base_url]) {
        result = Bearer::verify(token, &provider.keys, &issuer, audience, now);
        if !matches!(result, Err(Unverified::Issuer)) {
            break;
        }
    }
    result
}

/// Every issuer of a tenant; a user flow may have one of its own.
fn issuers(tenant: &Tenant, origins: [&str; 2]) -> Vec<String> {
    let mut issuers = Vec::new();
    for origin in origins {
        for flow in &tenant.user_flows {
            let authority = Authority::usual(origin, tenant, flow);
            issuers.push(issuer(&authority, tenant, flow));
        }
    }
    issuers.dedup();
    issuers
}

fn greeting(bearer: &Bearer) -> Response {
    let document = json!({
        "message": format!("Hello, {}. This answer came from a protected API.", bearer.name),
        "name": bearer.name,
        "sub": bearer.sub,
        "scp": bearer.scopes(),
        "user_flow": bearer.tfp,
        "b2c_emulator": true,
    });
    reply::private_json(StatusCode::OK, &document)
}

/// RFC 6750, section 3: without a token there is no error code.
fn challenge(status: StatusCode, error: Option<(&str, &str)>) -> Response {
    let basis = format!(r#"Bearer realm="b2c-emulator", scope="{SCOPE}""#);
    bearer::refusal(status, &basis, error)
}

const SCOPE: &str = "demo.read";
