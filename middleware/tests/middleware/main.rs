#![allow(unreachable_pub, reason = "a test binary has no public API")]

//! The layer through its public API, against the emulator.

mod bad_input;
mod config;
mod failing_provider;
mod hosts;
mod journeys;
mod security;
mod support;
mod tokens;
