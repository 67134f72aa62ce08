//! Why something could not be measured.

use std::fmt;

/// A sentence about what failed, for whoever runs the measurement.
#[derive(Clone, Debug)]
pub struct Failure(String);

impl Failure {
    /// With a sentence of its own.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Says what was being done when an error came.
    pub fn during<E: fmt::Display>(what: &str) -> impl Fn(E) -> Self {
        move |error| Self(format!("{what}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
