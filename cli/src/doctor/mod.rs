//! What is wrong with a project, and how is it mended?

mod browser;
mod configuration;
mod examine;
mod expiry;
mod features;
mod files;
mod finding;
mod fix;
mod manifest;
mod online;
mod probe;
mod project;
mod rule;
mod secrets;
mod store;
mod wire;

pub(crate) use examine::{Examination, examine};
pub(crate) use finding::Finding;
pub(crate) use fix::fix;
pub(crate) use rule::{Rule, Severity};
