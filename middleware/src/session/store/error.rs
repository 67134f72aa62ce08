//! A store that is away.

use std::fmt;

/// A store that cannot do its work at present.
#[derive(Debug)]
pub struct StoreError {
    cause: Box<dyn std::error::Error + Send + Sync>,
    newer_format: bool,
}

impl StoreError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: cause.into(),
            newer_format: false,
        }
    }

    /// A newer version of the app wrote the record, in a format that this one does not know.
    pub(crate) fn newer_format() -> Self {
        let cause = "a newer version of the app wrote the record; it will do when this instance is \
                     up to date";
        Self {
            newer_format: true,
            ..Self::new(cause)
        }
    }

    pub(crate) fn is_newer_format(&self) -> bool {
        self.newer_format
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the session store is not available: {}", self.cause)
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.cause)
    }
}
