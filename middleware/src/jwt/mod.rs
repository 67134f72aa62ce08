//! Is this token genuine?

mod access_token;
mod binding;
mod claim_set;
mod claims;
mod dpop_proof;
mod issuer;
mod keys;
mod logout_token;
mod parse;
mod token_hash;
#[cfg(test)]
mod wycheproof;

pub(crate) use access_token::{Accepted, AccessTokenRules, client_id, user_flow};
pub(crate) use binding::Binding;
pub(crate) use claim_set::ClaimSet;
pub(crate) use claims::IdTokenRules;
pub(crate) use dpop_proof::DpopProof;
#[cfg(feature = "testing")]
pub(crate) use issuer::is_guid;
pub(crate) use issuer::{Issuer, TENANT_ID};
pub(crate) use keys::KeySet;
pub(crate) use logout_token::{LoggedOut, LogoutToken, LogoutTokenRules};
pub(crate) use parse::{InvalidToken, Jwt};
