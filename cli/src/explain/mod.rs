//! What does a code mean?

mod entry;
mod near;
mod tables;

pub(crate) use entry::Entry;
pub(crate) use near::{near, page};
pub(crate) use tables::{all, find};
