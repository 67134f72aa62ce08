//! A local Azure AD B2C that behaves like B2C.

mod address;
mod authorize;
mod clock;
mod control;
mod directory;
mod emulator;
mod expiring;
mod grant;
mod journey;
mod jwt;
mod pages;
mod protocol;
mod provider;
mod random;
mod server;
mod session;
mod token;

pub use address::Endpoint;
pub use control::{Misbehaviour, Outcome, RecordedRequest};
pub use directory::{Client, User, UserBuilder};
pub use emulator::{Emulator, EmulatorBuilder, StartError};
