//! What may the app call in its own name, and for whoever calls it?

mod asked;
mod builder;
mod handle;
mod refusal;
mod slot;
mod stored;

pub use builder::AppTokensBuilder;
pub use handle::AppTokens;
