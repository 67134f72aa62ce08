//! Brings an edited project to this version's template.

mod drift;
mod eject;
mod file;
mod plan;
mod render;

pub use plan::Update;
