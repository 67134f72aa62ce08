//! How is a token made and read?

mod attest;
mod certificate;
mod claims;
mod claims_v2;
mod forge;
mod key;
mod key_ring;
mod logout_token;
mod mint;
mod sign;
mod spoil;
mod statement;
mod verify;

pub use sign::Algorithm;

pub(crate) use attest::attest;
pub(crate) use claims::{Hashes, Issue, WRONG_ISSUER, access_token, app_token, id_token};
pub(crate) use claims_v2::{access_token_v2, app_token_v2, id_token_v2};
pub(crate) use forge::forge;
pub(crate) use key::PublicKey;
pub(crate) use key_ring::KeyRing;
pub(crate) use logout_token::logout_token;
pub(crate) use mint::half_hash;
pub(crate) use statement::Statement;
pub(crate) use verify::{Bearer, Unverified};
