//! What is an emulator told before it starts, and what does it tell when asked for everything?

mod check;
mod directory;
mod document;
mod error;
mod forms;
mod planting;
mod watch;

pub use error::SeedError;

pub(crate) use document::{Planted, Seed};
pub(crate) use watch::{follow, keep, replace as replace_file};
