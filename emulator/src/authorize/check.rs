use super::{AuthorizationRequest, Prompt, Refusal, redirect};
use crate::{
    directory::{Client, Tenant},
    protocol::{Challenge, ChallengeMethod, Fault, Params, Scopes, Target},
};

impl AuthorizationRequest {
    /// Checks the parameters of an authorization request in B2C's order.
    pub(crate) fn check(params: &Params, tenant: &Tenant) -> Result<Self, Refusal> {
        let (client, target) = redirect::target(params, tenant)?;
        Self::check_rest(params, client, tenant, &target)
            .map_err(|fault| Refusal::Redirect(target, fault))
    }

    fn check_rest(
        params: &Params,
        client: &Client,
        tenant: &Tenant,
        target: &Target,
    ) -> Result<Self, Fault> {
        check_response_type(params)?;
        let scope = params.get("scope").ok_or(Fault::MissingScope)?;
        let scopes = Scopes::read(&scope, client, tenant)?;
        if !scopes.openid && scopes.access.is_none() {
            return Err(Fault::NothingToIssue);
        }
        Ok(Self {
            client_id: client.client_id().to_owned(),
            target: target.clone(),
            scopes,
            nonce: params.get("nonce"),
            prompt: Prompt::read(params.get("prompt").as_deref())?,
            max_age: read_max_age(params)?,
            login_hint: params.get("login_hint"),
            challenge: read_challenge(params)?,
            wants_client_info: params.get("client_info").as_deref() == Some("1"),
        })
    }
}

/// The words may come in any order. Tokens from the authorization endpoint need a switch of the
/// application that is off for every client of the emulator.
fn check_response_type(params: &Params) -> Result<(), Fault> {
    let value = params.get("response_type").unwrap_or_default();
    let mut words: Vec<&str> = value.split(' ').collect();
    words.sort_unstable();
    match words.as_slice() {
        ["code"] => Ok(()),
        ["id_token" | "token"]
        | ["code", "id_token" | "token"]
        | ["id_token", "token"]
        | ["code", "id_token", "token"] => Err(Fault::ImplicitFlowOff),
        _ => Err(Fault::UnsupportedResponseType(value)),
    }
}

fn read_max_age(params: &Params) -> Result<Option<i64>, Fault> {
    let Some(value) = params.get("max_age") else {
        return Ok(None);
    };
    match value.parse::<i32>() {
        Ok(seconds) if seconds >= 0 => Ok(Some(seconds.into())),
        _ => Err(Fault::InvalidMaxAge(value)),
    }
}

fn read_challenge(params: &Params) -> Result<Option<Challenge>, Fault> {
    let method = params.get("code_challenge_method");
    let method = ChallengeMethod::named(method.as_deref().unwrap_or("plain"))?;
    Ok(params
        .get("code_challenge")
        .map(|value| Challenge { value, method }))
}
