//! What an operator's dashboards show, by way of the `metrics` facade (feature `metrics`).
//!
//! A function for each thing that is counted. Without the feature they do nothing.

mod session;
mod store;

#[cfg(feature = "metrics")]
mod names;

#[cfg(feature = "metrics")]
pub(crate) use names::describe;
pub(crate) use session::{Found, record_refused, session_found, session_graced, sign_out_unheard};
pub(crate) use store::{invalidated, listener_lost};

#[cfg(feature = "redis")]
pub(crate) use store::redis_connection;
#[cfg(feature = "metrics")]
pub(crate) use store::store_command;
