//! A project: one that does not exist yet, with its name and its files, and one that people work in.

mod answers;
mod checkout;
mod existing;
mod name;
mod new;
mod plan;
mod render;
mod role;
mod secret;
mod tested;
mod vacant;
mod vcs;
mod workspace;
mod write;

pub use checkout::Checkout;
pub(crate) use checkout::requirement;
pub(crate) use existing::CONFIG_FILE;
pub use existing::Project;
pub use name::ProjectName;
pub use new::{DEFAULT_EMULATOR_PORT, DEFAULT_PORT, NewProject};
pub use plan::Plan;
pub(crate) use role::is_api;
pub(crate) use secret::cookie_key;
pub(crate) use vcs::{ignores, is_in_repository, is_tracked, refuse_unless_ignored, tracked};
