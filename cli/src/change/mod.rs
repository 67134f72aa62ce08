//! What is to change in a project: planned first, shown if asked, then done whole or not at all.

mod diff;
mod form;
mod journal;
mod listing;
mod place;
mod recover;
mod seen;
mod set;
mod step;
mod transaction;
mod undo;

pub use form::TextForm;
pub(crate) use recover::recover;
pub(crate) use seen::Seen;
pub use set::{Action, Change, ChangeSet};
pub(crate) use undo::{last as last_change, undo};
