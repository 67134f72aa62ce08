//! Which request is being answered, for spans, log lines and the requests that it causes.

mod context;
mod current;

pub use context::TraceContext;
pub(crate) use current::{Current, behind, carried};

/// What all spans of the crate have as their target, so that one directive turns them off.
pub(crate) const TARGET: &str = "tower_b2c::trace";
