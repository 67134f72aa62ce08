//! What the end-to-end tests need of a machine, and how they say that it is missing.
//!
//! The tests themselves are in `browser/` (journeys in a real Chromium) and `generated/` (the
//! projects that `cargo b2c-init` writes).

mod requirement;
mod workspace;

pub use requirement::Requirement;
pub use workspace::Workspace;
