//! On-Behalf-Of: an API calls another one for the user who called it.

use serde_json::Value;

use super::{
    common::authenticated,
    issue,
    sts::{StsFault, bad_assertion, sts_fault},
};
use crate::{
    address::Authority,
    directory::{Client, Platform, User, UserFlow},
    grant::{Grant, GrantKind, Identity},
    jwt::{Bearer, Unverified},
    protocol::{Fault, Params, Scopes},
    provider::Provider,
    random,
    token::TokenRequest,
};

pub(super) fn tokens(
    request: &TokenRequest,
    form: &Params,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Value, StsFault> {
    let shared = |fault: Fault| sts_fault(&fault, &provider.tenant);
    let client = authenticated(request, &provider.tenant).map_err(shared)?;
    let (assertion, scopes) = read(request, form, client, provider).map_err(shared)?;
    let user = user_of(&assertion, client, provider, authority).map_err(bad_assertion)?;
    let now = provider.clock.now();
    let grant = Grant {
        kind: GrantKind::Code,
        id: random::token(),
        version: authority.version,
        user_flow: user_flow.name().to_owned(),
        client_id: client.client_id().to_owned(),
        redirect_uri: String::new(),
        platform: Platform::Web,
        scopes: scopes.clone(),
        nonce: None,
        challenge: None,
        auth_time: now,
        issued_at: now,
        expires_at: now,
        window_ends_at: i64::MAX,
        identity: Identity::of_user(user),
    };
    issue::tokens(&grant, &scopes, request, provider, authority, user_flow).map_err(shared)
}

fn read(
    request: &TokenRequest,
    form: &Params,
    client: &Client,
    provider: &Provider,
) -> Result<(String, Scopes), Fault> {
    let missing = Fault::MissingParameter;
    let assertion = form.get("assertion").ok_or(missing("assertion"))?;
    if form.get("requested_token_use").as_deref() != Some("on_behalf_of") {
        return Err(missing("requested_token_use"));
    }
    let scope = request.scope.as_deref().ok_or(missing("scope"))?;
    Ok((assertion, Scopes::read(scope, client, &provider.tenant)?))
}

/// The token must be meant for the application that presents it, and stand for a user.
fn user_of(
    assertion: &str,
    client: &Client,
    provider: &Provider,
    authority: &Authority,
) -> Result<User, Unverified> {
    let tenant = &provider.tenant;
    let issuer = authority.issuer(tenant);
    let now = provider.clock.now();
    let bearer = Bearer::verify(assertion, &provider.keys, &issuer, client.client_id(), now)?;
    tenant.users.by_id(&bearer.oid).ok_or(Unverified::Malformed)
}

pub(super) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
