//! Is this token genuine?

mod claims;
mod keys;
mod parse;

pub(crate) use claims::{IdTokenRules, access_token_hash_matches};
pub(crate) use keys::KeySet;
pub(crate) use parse::{InvalidToken, Jwt};
