use super::{
    TokenRequest,
    client_auth::{authenticate, identify},
    code::check_endpoint,
    issue::Redemption,
};
use crate::{
    address::Authority,
    directory::UserFlow,
    grant::GrantKind,
    protocol::{Fault, Scopes},
    provider::Provider,
};

/// Redeems a refresh token. The claims stay those of the sign-in.
pub(super) fn redeem(
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Redemption, Fault> {
    let tenant = &provider.tenant;
    let now = provider.clock.now();
    let client = identify(request, tenant, user_flow)?;
    let token = request
        .refresh_token
        .as_deref()
        .ok_or(Fault::MissingParameter("refresh_token"))?;
    let grant = provider.vault.open(token, GrantKind::RefreshToken)?;
    authenticate(request, client, &grant, tenant, user_flow)?;
    check_endpoint(&grant, authority, user_flow)?;
    grant.check_expiry(now)?;
    let user = tenant
        .users
        .by_id(&grant.identity.object_id)
        .ok_or(Fault::AccountGone)?;
    if grant.auth_time < user.valid_from {
        return Err(Fault::GrantRevoked);
    }
    let scopes = match &request.scope {
        Some(scope) => {
            // Every scope that the application has been granted may be asked for.
            let asked = Scopes::read(scope, client, tenant)?;
            Scopes {
                openid: grant.scopes.openid,
                offline_access: true,
                access: asked.access,
            }
        }
        None => grant.scopes.clone(),
    };
    if provider.settings.single_use_refresh_tokens && !provider.vault.use_up(&grant, now) {
        return Err(Fault::GrantRevoked);
    }
    Ok(Redemption { grant, scopes })
}
