//! A project that does not exist yet: its name, its files, how they are written.

mod checkout;
mod name;
mod new;
mod plan;
mod secret;
mod write;

pub use checkout::Checkout;
pub use name::ProjectName;
pub use new::{DEFAULT_EMULATOR_PORT, DEFAULT_PORT, NewProject};
pub use plan::Plan;
pub(crate) use secret::cookie_key;
