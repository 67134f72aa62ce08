//! What may we call for them?

mod acquire;
mod cache;
mod error;

pub(crate) use acquire::Tokens;
pub(crate) use cache::{granted, keep};
pub use error::{AccessToken, TokenError};
