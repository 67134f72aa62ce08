use super::{
    TokenRequest,
    client_auth::{authenticate, identify},
    issue::Redemption,
};
use crate::{
    address::Authority,
    directory::UserFlow,
    grant::{Grant, GrantKind},
    protocol::{Fault, Scopes},
    provider::Provider,
};

/// Redeems an authorization code. A refused attempt does not use it up.
pub(super) fn redeem(
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Redemption, Fault> {
    let tenant = &provider.tenant;
    let now = provider.clock.now();
    let client = identify(request, tenant, user_flow)?;
    let code = request
        .code
        .as_deref()
        .ok_or(Fault::MissingParameter("code"))?;
    let grant = provider.vault.open(code, GrantKind::Code)?;
    authenticate(request, client, &grant, tenant, user_flow)?;
    check_endpoint(&grant, authority, user_flow)?;
    grant.check_expiry(now)?;
    check_redirect_uri(request, &grant)?;
    check_verifier(request, &grant)?;
    let scopes = match &request.scope {
        Some(scope) => narrowed(&grant.scopes, Scopes::read(scope, client, tenant)?, scope)?,
        None => grant.scopes.clone(),
    };
    if !provider.vault.use_up(&grant, now) {
        return Err(grant.expired(now));
    }
    Ok(Redemption { grant, scopes })
}

/// Codes and refresh tokens belong to the user flow and the protocol version that issued them.
pub(super) fn check_endpoint(
    grant: &Grant,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<(), Fault> {
    if grant.user_flow != user_flow.name() {
        return Err(Fault::WrongEndpoint {
            actual: user_flow.name().to_owned(),
            expected: grant.user_flow.clone(),
        });
    }
    if grant.version != authority.version {
        return Err(Fault::WrongProtocolVersion);
    }
    Ok(())
}

fn check_redirect_uri(request: &TokenRequest, grant: &Grant) -> Result<(), Fault> {
    let uri = request
        .redirect_uri
        .as_deref()
        .ok_or(Fault::MissingParameter("redirect_uri"))?;
    if uri == grant.redirect_uri {
        return Ok(());
    }
    Err(Fault::UnexpectedValue {
        name: "redirect_uri",
        value: uri.to_owned(),
        expected: grant.redirect_uri.clone(),
    })
}

fn check_verifier(request: &TokenRequest, grant: &Grant) -> Result<(), Fault> {
    match (&grant.challenge, &request.code_verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) => challenge.check(verifier),
        // A verifier without a challenge means that somebody removed the challenge on its way.
        (Some(_), None) | (None, Some(_)) => Err(Fault::InvalidVerifier),
    }
}

/// The `scope` of a token request can only take away from what was authorized.
fn narrowed(granted: &Scopes, asked: Scopes, parameter: &str) -> Result<Scopes, Fault> {
    if let Some(access) = &asked.access
        && !access.is_within(granted.access.as_ref())
    {
        return Err(Fault::ScopeBeyondGrant(parameter.to_owned()));
    }
    Ok(Scopes {
        openid: granted.openid,
        offline_access: granted.offline_access && asked.offline_access,
        access: asked.access,
    })
}
