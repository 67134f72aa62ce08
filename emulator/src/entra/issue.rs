use serde_json::{Map, Value, json};

use crate::{
    address::Authority,
    control::Misbehaviours,
    directory::{Platform, UserFlow},
    grant::{Grant, GrantKind},
    jwt::{Hashes, Issue, access_token_v2, id_token_v2},
    protocol::{Fault, Scopes, client_info},
    provider::Provider,
    random,
    token::{TokenRequest, after, before},
};

/// Writes the answer for a user's grant; the members come in Entra's order.
pub(super) fn tokens(
    grant: &Grant,
    scopes: &Scopes,
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Value, Fault> {
    let mut grant = grant.clone();
    grant.identity.requested.add(request.claims.clone());
    let grant = &grant;
    let tenant = &provider.tenant;
    let bad = Misbehaviours::of_this_request();
    before(&bad, provider)?;
    let issue = Issue {
        issuer: &authority.issuer(tenant),
        client_id: &grant.client_id,
        tenant_id: &tenant.id,
        user_flow,
        nonce: grant.nonce.as_deref(),
        auth_time: grant.auth_time,
        now: provider.clock.now(),
        lifetime: provider.token_lifetime(user_flow),
        identity: &grant.identity,
        keys: &provider.keys,
        bad: &bad,
    };
    let access = scopes.access.as_ref().ok_or(Fault::InternalError)?;
    let mut answer = Map::new();
    let mut add = |name: &str, value: Value| answer.insert(name.to_owned(), value);
    add("token_type", json!("Bearer"));
    add("scope", json!(access.requested.join(" ")));
    add("expires_in", json!(issue.lifetime));
    add("ext_expires_in", json!(issue.lifetime));
    let token =
        access_token_v2(&issue, access, request.proof.azpacr()).ok_or(Fault::InternalError)?;
    add("access_token", json!(token));
    if scopes.offline_access {
        add(
            "refresh_token",
            json!(refresh_token(grant, scopes, provider)?),
        );
    }
    if scopes.openid {
        let with_email = scopes.has_requested("email");
        let token =
            id_token_v2(&issue, with_email, &Hashes::default()).ok_or(Fault::InternalError)?;
        add("id_token", json!(token));
    }
    if request.wants_client_info {
        add(
            "client_info",
            json!(client_info(&grant.identity, &grant.user_flow, tenant)),
        );
    }
    after(&mut answer, &bad, provider);
    Ok(Value::Object(answer))
}

/// For 90 days, again and again; a single-page application has one day after its sign-in.
fn refresh_token(grant: &Grant, scopes: &Scopes, provider: &Provider) -> Result<String, Fault> {
    let now = provider.clock.now();
    let refresh = Grant {
        kind: GrantKind::RefreshToken,
        id: random::token(),
        challenge: None,
        scopes: scopes.clone(),
        issued_at: now,
        expires_at: match (grant.platform, grant.kind) {
            (Platform::Spa, GrantKind::Code) => now + SPA_LIFETIME,
            (Platform::Spa, GrantKind::RefreshToken) => grant.expires_at,
            _ => now + LIFETIME,
        },
        ..grant.clone()
    };
    provider.vault.issue(&refresh)
}

const LIFETIME: i64 = 90 * SPA_LIFETIME;
const SPA_LIFETIME: i64 = 24 * 60 * 60;
