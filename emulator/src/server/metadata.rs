use axum::{http::header, response::Response};

use serde_json::{Value, json};

use super::{reply, visit::Visit};
use crate::{
    control::{Misbehaviour, Misbehaviours},
    directory::Client,
    entra,
    jwt::{KeyRing, PublicKey, WRONG_ISSUER},
    protocol::{discovery_document, key_set},
    random,
};

/// `GET …/.well-known/openid-configuration`
pub(super) fn discovery(visit: &Visit<'_>) -> Response {
    let tenant = &visit.provider.tenant;
    if tenant.kind.is_b2c() {
        let document = discovery_document(&visit.authority, tenant, visit.user_flow);
        return reply::public_json(&spoiled(extended(document, visit), visit));
    }
    let shared = visit.shared_authority.as_deref();
    let document = entra::discovery_document(&visit.authority, tenant, shared);
    cached(reply::public_json(&spoiled(
        extended(document, visit),
        visit,
    )))
}

/// Adds what the product does not have, where the registrations have switched it on.
fn extended(mut document: Value, visit: &Visit<'_>) -> Value {
    let tenant = &visit.provider.tenant;
    let clients = &tenant.clients;
    if tenant.has_userinfo(visit.user_flow) {
        document["userinfo_endpoint"] = visit.authority.userinfo().into();
    }
    let mut add = |name: &str| document[name] = true.into();
    if clients
        .iter()
        .any(|client| client.logout_token_uri().is_some())
    {
        add("backchannel_logout_supported");
        add("backchannel_logout_session_supported");
    }
    if clients.iter().any(Client::wants_session_at_logout) {
        add("frontchannel_logout_supported");
        add("frontchannel_logout_session_supported");
    }
    document
}

/// Falsifies the metadata as the misbehaviours demand.
fn spoiled(mut document: Value, visit: &Visit<'_>) -> Value {
    let bad = Misbehaviours::of_this_request();
    if bad.has(&Misbehaviour::MetadataWrongIssuer) {
        document["issuer"] = WRONG_ISSUER.into();
    }
    if bad.has(&Misbehaviour::MetadataMovingKeys) {
        let keys = visit.authority.keys();
        let separator = if keys.contains('?') { '&' } else { '?' };
        document["jwks_uri"] = format!("{keys}{separator}set={}", random::token()).into();
    }
    document
}

/// `GET …/discovery/v2.0/keys`
pub(super) fn keys(visit: &Visit<'_>) -> Response {
    let provider = visit.provider;
    let keys = listed_keys(&provider.keys);
    if provider.tenant.kind.is_b2c() {
        return reply::public_json(&with_strangers(key_set(&keys)));
    }
    let shared = visit.shared_authority.as_deref();
    let document = entra::key_set(&keys, &visit.authority, &provider.tenant, shared);
    cached(reply::public_json(&with_strangers(document)))
}

/// Lists keys that a client has to pass over (RFC 7517, section 5), if a misbehaviour demands it.
fn with_strangers(mut document: Value) -> Value {
    let bad = Misbehaviours::of_this_request();
    if bad.has(&Misbehaviour::StrangeKeys)
        && let Some(keys) = document["keys"].as_array_mut()
    {
        let quantum = json!({ "kid": "strange-1", "use": "sig", "kty": "AKP", "alg": "ML-DSA-99", "pub": "AAAA" });
        let invented = json!({ "kid": "strange-2", "use": "sig", "kty": "invented", "x": [1, 2] });
        keys.splice(0..0, [quantum, invented]);
    }
    document
}

/// The keys that are there, as far as the misbehaviours let them be seen.
fn listed_keys(ring: &KeyRing) -> Vec<PublicKey> {
    let bad = Misbehaviours::of_this_request();
    let mut keys = ring.public_keys();
    if bad.has(&Misbehaviour::MissingKidSingleKey) {
        keys.truncate(1);
    }
    if bad.has(&Misbehaviour::MissingKidSeveralKeys) && keys.len() < 2 {
        keys.extend(ring.stranger());
    }
    if bad.has(&Misbehaviour::StaleKeys) {
        keys.remove(0);
        if keys.is_empty() {
            keys.extend(ring.stranger());
        }
    }
    keys
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
