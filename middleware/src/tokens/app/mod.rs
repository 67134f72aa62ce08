//! What may the app call in its own name, and for whoever calls it?

mod acquire;
mod asked;
mod builder;
mod handle;
mod refusal;
mod replace;
mod slot;
mod stored;

pub use builder::AppTokensBuilder;
pub use handle::AppTokens;
