use axum::{http::header, response::Response};

use super::{reply, visit::Visit};
use crate::{
    entra,
    protocol::{discovery_document, key_set},
};

/// `GET …/.well-known/openid-configuration`
pub(super) fn discovery(visit: &Visit<'_>) -> Response {
    let tenant = &visit.provider.tenant;
    if tenant.kind.is_b2c() {
        let document = discovery_document(&visit.authority, tenant, visit.user_flow);
        return reply::public_json(&document);
    }
    let shared = visit.shared_authority.as_deref();
    let document = entra::discovery_document(&visit.authority, tenant, shared);
    cached(reply::public_json(&document))
}

/// `GET …/discovery/v2.0/keys`
pub(super) fn keys(visit: &Visit<'_>) -> Response {
    let provider = visit.provider;
    if provider.tenant.kind.is_b2c() {
        return reply::public_json(&key_set(&provider.keys));
    }
    let is_shared = visit.shared_authority.is_some();
    let document = entra::key_set(
        &provider.keys,
        &visit.authority,
        &provider.tenant,
        is_shared,
    );
    cached(reply::public_json(&document))
}

/// `GET …/discovery/instance`, which only Entra has.
pub(super) fn instance(visit: &Visit<'_>) -> Response {
    if visit.provider.tenant.kind.is_b2c() {
        return reply::not_found();
    }
    let origin = &visit.authority.origin;
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    let mut document = entra::instance_document(&visit.authority, host);
    let asked = visit.query.get("authorization_endpoint");
    if let Some(base) = asked
        .as_deref()
        .and_then(|asked| asked.strip_suffix("/oauth2/v2.0/authorize"))
    {
        let metadata = format!("{base}/v2.0/.well-known/openid-configuration");
        document["tenant_discovery_endpoint"] = metadata.into();
    }
    reply::public_json(&document)
}

/// As recorded from Entra.
fn cached(mut response: Response) -> Response {
    reply::set(
        &mut response,
        header::CACHE_CONTROL,
        "max-age=86400, private",
    );
    response
}
