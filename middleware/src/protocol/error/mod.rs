//! What a provider's error says, and what it means for the user who met it.

mod aadb2c;
mod aadsts;
mod advice;
mod error_body;
mod explanation;
mod meanings;
mod oauth;
mod provider_error;
mod reaction;

pub(super) use error_body::ErrorBody;
pub use explanation::{Explanation, explain, explanations};
pub use provider_error::ProviderError;
pub use reaction::Reaction;
