//! What is a grant worth at the token endpoint?

mod client_auth;
mod client_credentials;
mod code;
mod issue;
mod password;
mod refresh;
mod request;
mod trouble;

use serde_json::Value;

use crate::{address::Authority, directory::UserFlow, protocol::Fault, provider::Provider};

pub(crate) use client_auth::{check_proof, registered};
pub(crate) use issue::Redemption;
pub(crate) use request::{ClientProof, TokenRequest};
pub(crate) use trouble::{after, before};

/// Answers a token request at the endpoint of a user flow.
pub(crate) fn answer(
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Value, Fault> {
    check_token_type(request)?;
    match request.grant_type.as_deref() {
        Some("client_credentials") => {
            client_credentials::answer(request, provider, authority, user_flow)
        }
        Some("password") => password::answer(request, provider, authority, user_flow),
        _ => {
            let redemption = redeem(request, provider, authority, user_flow)?;
            issue::tokens(&redemption, request, provider, authority, user_flow)
        }
    }
}

/// Only bearer tokens are issued, for whatever grant.
fn check_token_type(request: &TokenRequest) -> Result<(), Fault> {
    match (&request.grant_type, &request.token_type) {
        (Some(grant_type), Some(token_type)) if !token_type.eq_ignore_ascii_case("bearer") => {
            Err(Fault::TokenTypeMismatch {
                grant_type: grant_type.clone(),
                token_type: token_type.clone(),
            })
        }
        _ => Ok(()),
    }
}

/// Checks the grant of a token request.
pub(crate) fn redeem(
    request: &TokenRequest,
    provider: &Provider,
    authority: &Authority,
    user_flow: &UserFlow,
) -> Result<Redemption, Fault> {
    match request.grant_type.as_deref() {
        Some("authorization_code") => code::redeem(request, provider, authority, user_flow),
        Some("refresh_token") => refresh::redeem(request, provider, authority, user_flow),
        Some(other) => Err(Fault::UnsupportedGrantType(other.to_owned())),
        None => Err(Fault::MissingParameter("grant_type")),
    }
}
