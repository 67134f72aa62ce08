//! What is an emulator told before it starts, and what does it tell when asked for everything?

mod document;
mod error;
mod watch;

pub use error::SeedError;

pub(crate) use document::Seed;
pub(crate) use watch::{follow, keep, replace as replace_file};
