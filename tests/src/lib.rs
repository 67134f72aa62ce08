//! What the end-to-end tests need of a machine, and how they say that it is missing.
//!
//! The tests themselves are in `browser/` (journeys in a real Chromium), `conformance/` (the layer against
//! the OpenID Foundation's modules for relying parties), `generated/` (the projects
//! that `cargo b2c-init` writes) and `interop/` (other people's clients against the emulator).

mod requirement;
mod workspace;

pub use requirement::Requirement;
pub use workspace::Workspace;
