use axum::response::Response;

use super::{reply, visit::Visit};
use crate::protocol::{discovery_document, key_set};

/// `GET …/.well-known/openid-configuration`
pub(super) fn discovery(visit: &Visit<'_>) -> Response {
    reply::public_json(&discovery_document(
        &visit.authority,
        &visit.provider.tenant,
        visit.user_flow,
    ))
}

/// `GET …/discovery/v2.0/keys`
pub(super) fn keys(visit: &Visit<'_>) -> Response {
    reply::public_json(&key_set(&visit.provider.keys))
}
