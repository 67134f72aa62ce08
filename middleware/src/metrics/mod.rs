//! What an operator's dashboards show, by way of the `metrics` facade (feature `metrics`).
//!
//! A file for each thing that is watched, with its metrics and a function for each event that changes
//! them. Without the feature the functions do nothing.

mod bearer;
mod config;
mod metric;
mod provider;
mod session;
mod sign_in;
mod sign_out;
mod store;
mod token;

#[cfg(feature = "metrics")]
mod table;

pub(crate) use bearer::{bearer_accepted, bearer_challenged, bearer_looked_up};
pub(crate) use config::{Reload, config_reloaded, reload_failed};
pub(crate) use metric::Stopwatch;
pub(crate) use provider::{
    Fetched, metadata_asked, metadata_fetched, provider_answered, provider_known,
};
pub(crate) use session::{
    Found, SessionEnd, cache_dropped, cache_evicted, cache_grew, cache_opened, cache_shrank,
    record_refused, session_found, session_graced, sessions_ended, sign_out_unheard,
};
pub(crate) use sign_in::{
    authorization_requested, called_back, challenged, provider_signs_in, refused,
};
pub(crate) use sign_out::{SignOutKind, SignOutOutcome, signed_out};
pub(crate) use store::{StoreOutcome, invalidated, listener_lost, store_command, store_known};
pub(crate) use token::{
    Refreshed, TokenFor, api_called, api_known, provider_grants, token_asked, token_refreshed,
};

#[cfg(feature = "redis")]
pub(crate) use store::redis_connection;
#[cfg(feature = "metrics")]
pub(crate) use table::{Part, begin};
