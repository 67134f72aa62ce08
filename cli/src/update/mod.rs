//! Brings an edited project to this version's template.

mod deployment;
mod drift;
mod eject;
mod file;
mod leave;
mod plan;
mod render;

pub use leave::Leave;
pub use plan::Update;
