//! Whom do we trust, where do we send?

mod assertion;
mod assertions;
mod check;
mod contact;
mod credential;
mod directory;
mod directory_error;
mod document;
mod entry;
mod exchange;
mod metadata;
mod proof;
mod providers;
mod readiness;
mod rotation;
mod source;
mod trust;
mod watched;

pub(crate) use assertion::AskAssertion;
pub use assertion::{AssertionRequest, ClientAssertion};
pub use check::ProviderCheck;
pub(crate) use check::check;
pub(crate) use directory_error::DirectoryError;
pub(crate) use exchange::{Endpoint, Exchange};
pub(crate) use metadata::Metadata;
pub(crate) use proof::{NoProof, Proof};
pub(crate) use providers::{Provider, Providers};
pub(crate) use readiness::Roster;
pub use readiness::{ProviderReadiness, Readiness};
pub(crate) use source::MetadataSource;
pub(crate) use watched::Watched;
