use serde_json::{Value, json};

use super::{
    TokenRequest,
    client_auth::{forbids_public, identify},
    issue,
    issue::Redemption,
};
use crate::{
    address::Authority,
    directory::{Platform, SignInProblem, UserFlow, UserFlowKind},
    grant::{Grant, GrantKind, Identity},
    protocol::{Fault, PolicyName, ResponseType, Scopes},
    provider::Provider,
    random,
};

/// Resource owner passwords, at a user flow made for them.
pub(super) fn answer(
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Value, Fault> {
    if user_flow.kind() != UserFlowKind::ResourceOwner {
        return Err(Fault::UnsupportedGrantType("password".to_owned()));
    }
    let tenant = &provider.tenant;
    let client = identify(request, tenant, user_flow)?;
    check_inputs(user_flow, &tenant.name)?;
    if forbids_public(client, tenant) {
        return Err(Fault::PublicClientsOff);
    }
    if !client.takes_passwords {
        return Err(Fault::PasswordsOff);
    }
    let needed = |value: &Option<String>, name| value.clone().ok_or(Fault::MissingParameter(name));
    let name = needed(&request.username, "username")?;
    let password = needed(&request.password, "password")?;
    let scope = needed(&request.scope, "scope")?;
    let scopes = Scopes::read(&scope, client, tenant)?;
    let response_type = match &request.response_type {
        Some(words) => ResponseType::read(words)?,
        None => ResponseType::default(),
    };
    if response_type.id_token && !scopes.openid {
        return Err(Fault::OpenidMissing);
    }
    if scopes.access.is_none() {
        return Err(Fault::ResourceMissing);
    }

    let now = provider.clock.now();
    let user = tenant
        .users
        .sign_in(&name, &password, now)
        .map_err(|problem| match problem {
            SignInProblem::Locked => Fault::AccountLocked,
            SignInProblem::TemporarilyLocked => Fault::AccountTemporarilyLocked,
            SignInProblem::UnknownUser | SignInProblem::WrongPassword => Fault::WrongPassword,
        })?;
    let grant = Grant {
        kind: GrantKind::Code,
        id: random::token(),
        version: authority.version,
        user_flow: user_flow.name().to_owned(),
        client_id: client.client_id().to_owned(),
        redirect_uri: String::new(),
        platform: Platform::Native,
        scopes: scopes.clone(),
        nonce: None,
        challenge: None,
        auth_time: now,
        issued_at: now,
        expires_at: now,
        window_ends_at: now.saturating_add(user_flow.settings.refresh_window),
        identity: Identity::of_user(user),
    };
    let redemption = Redemption { grant, scopes };
    let answer = issue::tokens(&redemption, request, provider, authority, user_flow)?;
    Ok(reduced(&answer))
}

/// Can the policy take passwords at all?
fn check_inputs(user_flow: &UserFlow, tenant: &str) -> Result<(), Fault> {
    let Some(inputs) = &user_flow.settings.password_inputs else {
        return Ok(());
    };
    let policy = || {
        Box::new(PolicyName {
            policy: user_flow.name().to_owned(),
            tenant: tenant.to_owned(),
        })
    };
    let is_missing = |claim: &&'static str| !inputs.iter().any(|input| input == claim);
    let missing: Vec<_> = ["username", "password"]
        .into_iter()
        .filter(is_missing)
        .collect();
    match *missing {
        [] => {}
        [claim] => return Err(Fault::MissingInputClaim(policy(), claim)),
        _ => return Err(Fault::NoInputClaims(policy())),
    }
    let mut grant_types = inputs
        .iter()
        .filter_map(|input| input.strip_prefix("grant_type="));
    match grant_types.find(|&value| value != "password") {
        Some(value) => Err(Fault::OtherGrantTypeClaim(policy(), value.to_owned())),
        None => Ok(()),
    }
}

/// The five members that such an answer has; the lifetime is a string.
fn reduced(answer: &Value) -> Value {
    let mut reduced = json!({});
    for name in [
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "id_token",
    ] {
        match &answer[name] {
            Value::Null => {}
            Value::Number(number) => reduced[name] = json!(number.to_string()),
            value => reduced[name] = value.clone(),
        }
    }
    reduced
}
