//! What the end-to-end tests need of a machine, how they say that it is missing, a person for those
//! that do without a real browser, and somebody else's provider.
//!
//! The tests themselves are in `browser/` (journeys in a real Chromium), `cluster/` (several instances
//! behind nginx), `conformance/` (the layer
//! against the OpenID Foundation's modules for relying parties), `generated/` (the projects that
//! `cargo b2c-init` writes) and `interop/` (other people's clients against the emulator, the layer
//! against other people's provider).

pub mod browser;
mod oidc_provider;
mod person;
mod requirement;
#[cfg(unix)]
mod running;
mod workspace;

pub use oidc_provider::OidcProvider;
pub use person::{Answer, Page, Person};
pub use requirement::Requirement;
#[cfg(unix)]
pub use running::Running;
pub use workspace::Workspace;
