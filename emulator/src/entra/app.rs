//! Client credentials: an application on its own.

use serde_json::{Value, json};

use super::{
    common::authenticated,
    scopes::{DEFAULT, find},
};
use crate::{
    address::Authority,
    control::Misbehaviours,
    directory::{Client, Tenant, User, UserFlow, derived_guid},
    grant::Identity,
    jwt::{Issue, app_token_v2},
    protocol::Fault,
    provider::Provider,
    token::{TokenRequest, after},
};

pub(super) fn tokens(
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Value, Fault> {
    let tenant = &provider.tenant;
    let client = authenticated(request, tenant)?;
    let scope = request
        .scope
        .as_deref()
        .ok_or(Fault::MissingParameter("scope"))?;
    let (resource, name) = find(scope, client, tenant)?;
    if name != DEFAULT {
        return Err(Fault::UnsupportedScope(scope.to_owned()));
    }
    let bad = Misbehaviours::of_this_request();
    let now = provider.clock.now();
    let mut principal = service_principal(client, tenant);
    principal.requested = request.claims.clone();
    let issue = Issue {
        issuer: &authority.issuer(tenant),
        client_id: client.client_id(),
        tenant_id: &tenant.id,
        user_flow,
        nonce: None,
        auth_time: now,
        now,
        lifetime: provider.token_lifetime(user_flow),
        identity: &principal,
        keys: &provider.keys,
        bad: &bad,
    };
    let roles = client.granted_app_roles();
    let token = app_token_v2(&issue, resource, roles, request.proof.azpacr())
        .ok_or(Fault::InternalError)?;
    let mut answer = serde_json::Map::new();
    answer.insert("token_type".to_owned(), json!("Bearer"));
    answer.insert("expires_in".to_owned(), json!(issue.lifetime));
    answer.insert("ext_expires_in".to_owned(), json!(issue.lifetime));
    answer.insert("access_token".to_owned(), json!(token));
    after(&mut answer, &bad, provider);
    Ok(Value::Object(answer))
}

/// The application's own object in the directory.
fn service_principal(client: &Client, tenant: &Tenant) -> Identity {
    let user = User::new(client.client_id(), "").object_id(derived_guid(&format!(
        "{}/{}",
        tenant.id,
        client.client_id()
    )));
    Identity::of_user(user.into())
}
