use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::{
    claims::{Hashes, Issue, access_token, id_token},
    claims_v2::{access_token_v2, id_token_v2},
    logout_token::logout_token,
    sign::{KeyId, Signing, TokenType, write},
};
use crate::{
    address::Authority,
    control::{Forgery, ForgeryKind, Misbehaviours},
    directory::Tenant,
    grant::Identity,
    operation::OperationError,
    protocol::{Access, issuer},
    provider::Provider,
    random,
    session::Application,
};

/// Makes a token to order.
pub(crate) fn forge(forgery: &Forgery, provider: &Provider) -> Result<String, OperationError> {
    let mut claims = usual_claims(forgery, provider)?;
    if let Some(seconds) = forgery.expires_in {
        let expiry = provider.clock.now().saturating_add(seconds);
        let lifetime = provider.settings.token_lifetime;
        for (name, time) in [
            ("exp", expiry),
            ("nbf", expiry.saturating_sub(lifetime)),
            ("iat", expiry.saturating_sub(lifetime)),
        ] {
            claims.insert(name.to_owned(), time.into());
        }
    }
    for name in &forgery.without {
        claims.shift_remove(name);
    }
    claims.extend(forgery.claims.clone());
    let signing = Signing {
        token_type: match forgery.kind {
            ForgeryKind::Logout => TokenType::Logout,
            ForgeryKind::Id | ForgeryKind::Access => TokenType::Any,
        },
        algorithm: forgery.alg,
        key_id: match &forgery.kid {
            _ if forgery.without_kid => KeyId::Missing,
            Some(kid) => KeyId::Given(kid.clone()),
            None => KeyId::Right,
        },
        is_bad: forgery.bad_signature,
    };
    let key = provider
        .keys
        .current()
        .ok_or(OperationError::NotFound("signing key"))?;
    write(&claims, &key, &signing).ok_or(OperationError::NotFound("signing key"))
}

/// The claims of the token that the user would get.
fn usual_claims(
    forgery: &Forgery,
    provider: &Provider,
) -> Result<Map<String, Value>, OperationError> {
    let tenant = &provider.tenant;
    let users = &tenant.users;
    let user = match &forgery.user {
        Some(name) => users.by_sign_in_name(name).or_else(|| users.by_id(name)),
        None => users.all().into_iter().next(),
    };
    let user_flow = match &forgery.user_flow {
        Some(name) => tenant.user_flow(name),
        None => tenant.user_flows.first(),
    };
    let user_flow = user_flow.ok_or(OperationError::NotFound("user flow"))?;
    let client = match &forgery.client_id {
        Some(id) => tenant.client(id),
        None => tenant.clients.first(),
    };
    let client = client.ok_or(OperationError::NotFound("client"))?;
    let mut identity = Identity::of_user(user.ok_or(OperationError::NotFound("user"))?);
    identity.narrow(client, tenant);
    let authority = Authority::usual(&provider.base_url, tenant, user_flow);
    let now = provider.clock.now();
    let issue = Issue {
        issuer: &issuer(&authority, tenant, user_flow),
        client_id: client.client_id(),
        tenant_id: &tenant.id,
        user_flow,
        nonce: forgery.nonce.as_deref(),
        auth_time: now,
        now,
        lifetime: provider.settings.token_lifetime,
        identity: &identity,
        keys: &provider.keys,
        bad: &Misbehaviours::default(),
    };
    let (is_b2c, hashes) = (tenant.kind.is_b2c(), Hashes::default());
    let token = match forgery.kind {
        ForgeryKind::Id if is_b2c => id_token(&issue, &hashes),
        ForgeryKind::Id => id_token_v2(&issue, true, &hashes),
        ForgeryKind::Access if is_b2c => access_token(&issue, &access(forgery, tenant)?),
        ForgeryKind::Access => access_token_v2(&issue, &access(forgery, tenant)?, "1"),
        ForgeryKind::Logout => logout(&issue, tenant),
    };
    token
        .as_deref()
        .and_then(payload)
        .ok_or(OperationError::NotFound("signing key"))
}

/// About a session that the emulator makes up; `claim("sid", …)` names another.
fn logout(issue: &Issue<'_>, tenant: &Tenant) -> Option<String> {
    let application = Application {
        client_id: issue.client_id.to_owned(),
        issuer: issue.issuer.to_owned(),
        subject: tenant.subject(&issue.identity.object_id, issue.client_id),
        is_at_custom_policy: false,
    };
    let sid = random::token();
    logout_token(&application, &sid, issue.now, issue.keys, issue.bad)
}

fn access(forgery: &Forgery, tenant: &Tenant) -> Result<Access, OperationError> {
    let api = tenant.apis.first().ok_or(OperationError::NotFound("API"))?;
    let names: Vec<String> = match &forgery.scopes {
        Some(names) => names.clone(),
        None => api.scopes.iter().map(ToString::to_string).collect(),
    };
    Ok(Access {
        resource: api.client_id.clone(),
        requested: names.iter().map(|name| api.scope_uri(name)).collect(),
        names,
    })
}

fn payload(token: &str) -> Option<Map<String, Value>> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}
