//! Access tokens: kept, refreshed, shared, replaced, refused.

mod held;
mod refreshed;
mod replaced;

pub use held::Held;
