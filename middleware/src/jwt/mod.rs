//! Is this token genuine?

mod claims;
mod issuer;
mod keys;
mod logout_token;
mod parse;
mod token_hash;

pub(crate) use claims::IdTokenRules;
pub(crate) use issuer::{Issuer, TENANT_ID};
pub(crate) use keys::KeySet;
pub(crate) use logout_token::{LoggedOut, LogoutToken, LogoutTokenRules};
pub(crate) use parse::{InvalidToken, Jwt};
