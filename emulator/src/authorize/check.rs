use super::{AuthorizationRequest, Prompt, Refusal, redirect};
use crate::{
    directory::{Client, Platform, Tenant},
    journey::unsafe_field,
    protocol::{
        Challenge, ChallengeMethod, Fault, Language, Params, RequestedClaims, ResponseMode,
        ResponseType, Scopes, Target,
    },
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
        let response_type = read_response_type(params, client, target)?;
        let scopes = read_scopes(params, client, tenant, response_type)?;
        let nonce = params.get("nonce");
        if response_type.has_tokens() && nonce.is_none() {
            return Err(Fault::MissingNonce);
        }
        let platform = client
            .platform(&target.redirect_uri)
            .unwrap_or(Platform::Web);
        let prompt = Prompt::read(params.get("prompt").as_deref())?;
        let max_age = read_max_age(params)?;
        let challenge = read_challenge(params)?;
        let language = Language::read(params.get("ui_locales").as_deref())?;
        if platform == Platform::Spa && response_type.code && challenge.is_none() {
            return Err(Fault::ChallengeRequired);
        }
        if tenant.kind.is_b2c()
            && let Some(name) = unsafe_field(params)
        {
            return Err(Fault::UnsafeInput(name.to_owned()));
        }
        Ok(Self {
            client_id: client.client_id().to_owned(),
            target: target.clone(),
            platform,
            response_type,
            scopes,
            nonce,
            prompt,
            max_age,
            login_hint: params.get("login_hint"),
            domain_hint: params.get("domain_hint"),
            challenge,
            language,
            wants_client_info: params.get("client_info").as_deref() == Some("1"),
            claims: RequestedClaims::read(params.get("claims").as_deref()),
            hint: serde_json::Map::new(),
            parameters: params.clone(),
        })
    }
}

/// Tokens from the authorization endpoint need a switch of the application, and do not travel in
/// a query.
fn read_response_type(
    params: &Params,
    client: &Client,
    target: &Target,
) -> Result<ResponseType, Fault> {
    let response_type = ResponseType::read(&params.get("response_type").unwrap_or_default())?;
    let is_off = (response_type.id_token && !client.issues_id_tokens)
        || (response_type.token && !client.issues_access_tokens);
    if is_off {
        return Err(Fault::ImplicitFlowOff);
    }
    if response_type.has_tokens() && target.mode == ResponseMode::Query {
        return Err(Fault::UnsupportedResponseMode("query".to_owned()));
    }
    Ok(response_type)
}

fn read_scopes(
    params: &Params,
    client: &Client,
    tenant: &Tenant,
    response_type: ResponseType,
) -> Result<Scopes, Fault> {
    let parameter = params.get("scope").ok_or(Fault::MissingScope)?;
    let scopes = Scopes::read(&parameter, client, tenant).map_err(|fault| match fault {
        Fault::UnsupportedScope(scope) if response_type.token && !scope.contains("://") => {
            Fault::ScopeWithoutResource(scope)
        }
        fault => fault,
    })?;
    if response_type.id_token && !scopes.openid {
        Err(Fault::OpenidMissing)
    } else if response_type.token && scopes.access.is_none() {
        Err(Fault::ResourceMissing)
    } else if !scopes.openid && scopes.access.is_none() {
        Err(Fault::NothingToIssue)
    } else {
        Ok(scopes)
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
