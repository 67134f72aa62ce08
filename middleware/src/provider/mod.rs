//! Whom do we trust, where do we send?

mod b2c;
mod directory;
mod metadata;

pub(crate) use directory::{Directory, DirectoryError};
pub(crate) use metadata::Metadata;
