//! What can be done to a running emulator: one set of operations, for Rust and for the admin API.

mod attributes;
mod clients;
mod clock;
mod error;
mod misbehaviours;
mod users;

pub use error::OperationError;

pub(crate) use clock::ClockState;
pub(crate) use misbehaviours::MisbehaviourEntry;
