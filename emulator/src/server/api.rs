//! The protected sample API.

use axum::{
    http::{StatusCode, request},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{bearer, reply};
use crate::{
    address::Authority,
    directory::Tenant,
    jwt::{Bearer, Unverified},
    protocol::{Params, issuer},
    provider::{Provider, Providers},
};

/// `GET /api/me` with an access token that holds the scope `demo.read`; `GET /api/me?acrs=c1` with one
/// that fulfils this authentication context, too.
pub(super) fn me(parts: &request::Parts, providers: &Providers, origin: &str) -> Response {
    let token = bearer::in_header(&parts.headers);
    match token.map(|token| verify(token, providers, origin)) {
        None => challenge(StatusCode::UNAUTHORIZED, None),
        Some(Err(reason)) => challenge(
            StatusCode::UNAUTHORIZED,
            Some(("invalid_token", reason.description())),
        ),
        Some(Ok(bearer)) if bearer.has_scope(SCOPE) => match wanted_context(parts) {
            Some(context) if !bearer.acrs.contains(&context) => claims_challenge(&bearer, &context),
            _ => greeting(&bearer),
        },
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

fn wanted_context(parts: &request::Parts) -> Option<String> {
    let query = parts.uri.query().unwrap_or_default();
    Params::parse(query).get("acrs")
}

/// Asks for a token with this authentication context; a client that has not said `cp1` could do nothing
/// with the challenge and gets none
/// (<https://learn.microsoft.com/entra/identity-platform/claims-challenge>).
fn claims_challenge(bearer: &Bearer, context: &str) -> Response {
    if !bearer.takes_challenges() {
        return challenge(StatusCode::FORBIDDEN, Some(("insufficient_claims", MORE)));
    }
    let claims = json!({ "access_token": { "acrs": { "essential": true, "value": context } } });
    let claims = STANDARD.encode(claims.to_string());
    let basis = format!(r#"Bearer realm="b2c-emulator", claims="{claims}""#);
    let error = Some(("insufficient_claims", MORE));
    bearer::refusal(StatusCode::UNAUTHORIZED, &basis, error)
}

/// RFC 6750, section 3: without a token there is no error code.
fn challenge(status: StatusCode, error: Option<(&str, &str)>) -> Response {
    let basis = format!(r#"Bearer realm="b2c-emulator", scope="{SCOPE}""#);
    bearer::refusal(status, &basis, error)
}

const MORE: &str = "The access token does not fulfil the authentication context";
const SCOPE: &str = "demo.read";
