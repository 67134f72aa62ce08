//! How is a token made and read?

mod claims;
mod key;
mod key_ring;
mod mint;
mod statement;
mod verify;

pub(crate) use claims::{Hashes, Issue, access_token, app_token, id_token};
pub(crate) use key_ring::KeyRing;
pub(crate) use mint::half_hash;
pub(crate) use statement::Statement;
pub(crate) use verify::{Bearer, Unverified};
