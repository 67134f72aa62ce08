#![doc = include_str!("../../docs/testing.md")]

mod access_token;
mod challenge;
mod clock;
mod error;
mod issue;
mod layerless;
mod offline;
mod provider;
mod sign_in;

pub use crate::session::{BrokenRule, broken_rules, store_conformance};
pub use access_token::{AccessTokenBuilder, access_token};
#[cfg(feature = "tonic")]
pub use challenge::status;
pub use challenge::{Challenged, GrpcChallenge, RedirectChallenge, RefusedChallenge, challenge};
pub use clock::ManualClock;
pub use error::MintError;
pub use provider::{Callback, Provider};
pub use sign_in::{SignInBuilder, session, sign_in};
