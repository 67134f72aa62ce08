//! What is a grant worth at the token endpoint?

mod client_auth;
mod client_credentials;
mod code;
mod issue;
mod password;
mod refresh;
mod request;

use serde_json::Value;

use crate::{address::Authority, directory::UserFlow, protocol::Fault, provider::Provider};

pub(crate) use request::TokenRequest;

/// Answers a token request at the endpoint of a user flow.
pub(crate) fn answer(
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Value, Fault> {
    let redemption = match request.grant_type.as_deref() {
        Some("authorization_code") => code::redeem(request, provider, authority, user_flow)?,
        Some("refresh_token") => refresh::redeem(request, provider, authority, user_flow)?,
        Some("client_credentials") => {
            return client_credentials::answer(request, provider, authority, user_flow);
        }
        Some("password") => return password::answer(request, provider, authority, user_flow),
        Some(other) => return Err(Fault::UnsupportedGrantType(other.to_owned())),
        None => return Err(Fault::MissingParameter("grant_type")),
    };
    issue::tokens(&redemption, request, provider, authority, user_flow)
}
