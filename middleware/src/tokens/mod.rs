//! What may we call for them?

mod access_token;
mod acquire;
mod alone;
mod app;
mod cache;
mod claims_challenge;
mod error;
mod failure;
mod flight;
mod refresh;
mod refusal;
mod scopes;
mod turn;
mod wanted;

pub use access_token::AccessToken;
pub(crate) use acquire::Tokens;
pub(crate) use alone::LastFailure;
pub use app::{AppTokens, AppTokensBuilder};
pub(crate) use cache::{granted, keep};
pub use claims_challenge::ClaimsChallenge;
pub use error::TokenError;
