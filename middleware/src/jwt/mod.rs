//! Is this token genuine?

mod access_token;
mod claims;
mod issuer;
mod keys;
mod logout_token;
mod parse;
mod token_hash;

pub(crate) use access_token::{AccessTokenRules, client_id, user_flow};
pub(crate) use claims::IdTokenRules;
pub(crate) use issuer::{Issuer, TENANT_ID};
pub(crate) use keys::KeySet;
pub(crate) use logout_token::{LoggedOut, LogoutToken, LogoutTokenRules};
pub(crate) use parse::{InvalidToken, Jwt};
