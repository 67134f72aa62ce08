//! The layer through its public API, against the emulator.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test has no public API and ends at the first surprise"
)]

mod advisories;
mod app_tokens;
mod audit;
mod authorize_settings;
mod back_channel;
mod bad_input;
mod bearer;
mod callers;
mod calls;
mod canary;
mod circles;
mod client_auth;
mod coherence;
mod config;
mod config_hints;
mod cookie_store;
mod cost;
mod csrf;
mod edge;
mod failing_provider;
mod failure_modes;
mod footprint;
mod formats;
mod front_channel;
mod hanging_disk;
mod health;
mod hooks;
mod hostile_provider;
mod hosts;
mod journeys;
mod kept_forms;
mod key_ring;
mod linking;
mod metrics;
mod minted;
mod open_redirects;
mod providers;
mod pushed_authorization;
mod reaction_journeys;
mod reactions;
mod readiness;
mod reload;
mod requirements;
mod round_trip;
mod round_trip_kinds;
mod routing;
mod security;
mod session_info;
mod session_life;
mod sessions;
mod shutdown;
mod sign_out;
mod signatures;
mod streams;
mod support;
mod tickets;
mod tokens;
mod traces;
mod two_providers;
mod user_flows;
mod user_sessions;
mod userinfo;
mod wire;
