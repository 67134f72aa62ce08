use serde_json::{Map, Value, json};

use super::{TokenRequest, after, before};
use crate::{
    address::Authority,
    control::Misbehaviours,
    directory::{Platform, UserFlow},
    grant::{Grant, GrantKind},
    jwt::{Hashes, Issue, access_token, id_token},
    protocol::{Fault, Scopes, client_info, issuer, profile_info},
    provider::Provider,
    random,
};

/// A grant that has passed every check, and what it is redeemed for.
pub(crate) struct Redemption {
    pub(crate) grant: Grant,
    pub(crate) scopes: Scopes,
}

/// Writes the answer; the members come in B2C's order.
pub(super) fn tokens(
    redemption: &Redemption,
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Value, Fault> {
    let Redemption { grant, scopes } = redemption;
    let now = provider.clock.now();
    let lifetime = provider.token_lifetime(user_flow);
    let bad = Misbehaviours::of_this_request();
    before(&bad, provider)?;
    let issuer = issuer(authority, &provider.tenant, user_flow);
    let issue = Issue {
        issuer: &issuer,
        client_id: &grant.client_id,
        tenant_id: &provider.tenant.id,
        user_flow,
        nonce: grant.nonce.as_deref(),
        auth_time: grant.auth_time,
        now,
        lifetime,
        identity: &grant.identity,
        keys: &provider.keys,
        bad: &bad,
    };

    let mut answer = Map::new();
    let mut add = |name: &str, value: Value| answer.insert(name.to_owned(), value);
    let access = match &scopes.access {
        Some(access) => Some(access_token(&issue, access).ok_or(Fault::InternalError)?),
        None => None,
    };
    if let Some(token) = &access {
        add("access_token", json!(token));
    }
    if scopes.openid {
        let hashes = Hashes {
            code: None,
            access_token: access.clone(),
        };
        let token = id_token(&issue, &hashes).ok_or(Fault::InternalError)?;
        add("id_token", json!(token));
    }
    add("token_type", json!("Bearer"));
    add("not_before", json!(now));
    if let Some(access) = &scopes.access {
        add("expires_in", json!(lifetime));
        add("expires_on", json!(now + lifetime));
        add("resource", json!(access.resource));
    }
    if request.wants_client_info {
        add(
            "client_info",
            json!(client_info(
                &grant.identity,
                &grant.user_flow,
                &provider.tenant
            )),
        );
    } else {
        add("id_token_expires_in", json!(lifetime));
        add(
            "profile_info",
            json!(profile_info(&grant.identity, &provider.tenant)),
        );
    }
    add(
        "scope",
        json!(scope_echo(scopes, request.wants_client_info)),
    );
    if scopes.offline_access {
        let (token, expires_in) = refresh_token(grant, provider, user_flow)?;
        add("refresh_token", json!(token));
        add("refresh_token_expires_in", json!(expires_in));
    }
    after(&mut answer, &bad, provider);
    Ok(Value::Object(answer))
}

/// Resource scopes in the form requested; the OpenID Connect scopes only when there are none.
fn scope_echo(scopes: &Scopes, with_client_info: bool) -> String {
    match &scopes.access {
        Some(access) if access.names.is_empty() && scopes.offline_access => {
            format!("{} offline_access", access.requested.join(" "))
        }
        Some(access) => access.requested.join(" "),
        None if with_client_info => String::new(),
        None if scopes.offline_access => "offline_access openid".to_owned(),
        None => "openid".to_owned(),
    }
}

/// A new refresh token for 14 days, but not beyond 90 days after the sign-in. For a page it is one
/// day after the code was redeemed, and no more.
fn refresh_token(
    grant: &Grant,
    provider: &Provider,
    user_flow: &UserFlow,
) -> Result<(String, i64), Fault> {
    let now = provider.clock.now();
    let window_ends_at = match (grant.platform, grant.kind) {
        (Platform::Spa, GrantKind::Code) => now + SPA_REFRESH_WINDOW,
        _ => grant.window_ends_at,
    };
    let expires_at = now
        .saturating_add(user_flow.settings.refresh_token_lifetime)
        .min(window_ends_at);
    let refresh = Grant {
        kind: GrantKind::RefreshToken,
        id: random::token(),
        challenge: None,
        issued_at: now,
        expires_at,
        window_ends_at,
        ..grant.clone()
    };
    Ok((provider.vault.issue(&refresh)?, expires_at - now))
}

const SPA_REFRESH_WINDOW: i64 = 24 * 60 * 60;
