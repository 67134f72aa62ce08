//! How are changed settings taken over, without dropping a request?

mod outcome;
mod readers;
mod turns;
mod watch;

pub(crate) use outcome::Reason;
pub use outcome::{ReloadError, Reloaded};
pub(crate) use turns::{Reloadable, Reloads, reload, reload_with};
pub(crate) use watch::watch;
