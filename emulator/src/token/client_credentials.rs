use aws_lc_rs::digest;
use serde_json::{Value, json};
use uuid::Builder;

use super::{
    TokenRequest,
    client_auth::{check_proof, identify},
};
use crate::{
    address::Authority,
    control::Misbehaviours,
    directory::{Tenant, UserFlow},
    grant::Identity,
    jwt::{Issue, app_token},
    protocol::{Access, Fault, issuer},
    provider::Provider,
};

/// Gives an application an access token of its own. Every user flow of the tenant will do.
pub(super) fn answer(
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Value, Fault> {
    let tenant = &provider.tenant;
    let client = identify(request, tenant, user_flow)?;
    check_proof(&request.proof, client)?;
    let scope = request
        .scope
        .as_deref()
        .ok_or(Fault::MissingParameter("scope"))?;
    let access = Access {
        resource: resource(scope, tenant)?.to_owned(),
        names: client.granted_app_roles().to_vec(),
        requested: vec![scope.to_owned()],
    };
    if access.names.is_empty() {
        // What B2C says of an API without app roles, or without consent to them.
        return Err(Fault::InternalError);
    }

    let now = provider.clock.now();
    let lifetime = provider.token_lifetime(user_flow);
    let bad = Misbehaviours::of_this_request();
    let identity = Identity {
        object_id: service_principal(client.client_id()),
        ..Identity::default()
    };
    let issue = Issue {
        issuer: &issuer(authority, tenant, user_flow),
        tenant_id: &tenant.id,
        client_id: client.client_id(),
        user_flow,
        nonce: None,
        auth_time: now,
        now,
        lifetime,
        identity: &identity,
        keys: &provider.keys,
        bad: &bad,
    };
    let token = app_token(&issue, &access).ok_or(Fault::InternalError)?;
    let mut answer = json!({
        "access_token": token,
        "token_type": "Bearer",
        "not_before": now,
        "expires_in": lifetime,
        "expires_on": now + lifetime,
        "resource": access.resource,
    });
    if let Some(members) = answer.as_object_mut() {
        super::after(members, &bad, provider);
    }
    Ok(answer)
}

/// The API whose `/.default` is asked for.
fn resource<'a>(scope: &str, tenant: &'a Tenant) -> Result<&'a str, Fault> {
    let mut scopes = scope.split(' ').filter(|scope| !scope.is_empty());
    let first = scopes.next().unwrap_or_default();
    if scopes.next().is_some() {
        return Err(Fault::SeveralResources(scope.to_owned()));
    }
    let uri = first
        .strip_suffix("/.default")
        .ok_or_else(|| Fault::UnsupportedScope(first.to_owned()))?;
    let mut apis = tenant.apis.iter();
    let api = apis.find(|api| api.app_id_uri == uri || api.client_id.eq_ignore_ascii_case(uri));
    api.map(|api| api.client_id.as_str())
        .ok_or_else(|| Fault::UnsupportedScope(first.to_owned()))
}

/// The object id of an application's service principal: always the same, and not its client id.
fn service_principal(client_id: &str) -> String {
    let hash = digest::digest(&digest::SHA256, client_id.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}
