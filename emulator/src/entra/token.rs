use serde_json::Value;

use super::{
    app, assertion, issue, on_behalf_of,
    sts::{StsFault, sts_fault},
};
use crate::{
    address::Authority,
    directory::UserFlow,
    protocol::{Fault, Params},
    provider::Provider,
    token::{Redemption, TokenRequest, redeem},
};

/// Answers a token request. Grants belong to no user flow here, but to the application.
pub(crate) fn answer(
    mut request: TokenRequest,
    form: &Params,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Value, StsFault> {
    assertion::prove(&mut request, form, provider, authority)?;
    let request = &request;
    let client_id = request.client_id.as_deref().unwrap_or_default();
    let user_flow = provider
        .tenant
        .linked_user_flow(client_id)
        .unwrap_or(user_flow);
    let answer = match request.grant_type.as_deref() {
        Some(on_behalf_of::GRANT_TYPE) => {
            return on_behalf_of::tokens(request, form, provider, authority, user_flow);
        }
        Some("client_credentials") => app::tokens(request, provider, authority, user_flow),
        _ => redeemed(request, provider, authority, user_flow),
    };
    answer.map_err(|fault| sts_fault(&fault, &provider.tenant))
}

fn redeemed(
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Value, Fault> {
    let Redemption { grant, mut scopes } = redeem(request, provider, authority, user_flow)?;
    // What was granted once need not be asked for again.
    scopes.openid = grant.scopes.openid;
    scopes.offline_access = grant.scopes.offline_access;
    issue::tokens(&grant, &scopes, request, provider, authority, user_flow)
}
