//! Is this token genuine?

mod claims;
mod issuer;
mod keys;
mod parse;
mod token_hash;

pub(crate) use claims::IdTokenRules;
pub(crate) use issuer::{Issuer, TENANT_ID};
pub(crate) use keys::KeySet;
pub(crate) use parse::{InvalidToken, Jwt};
