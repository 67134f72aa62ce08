//! What is wrong with a configuration, all of it at once.

use std::fmt;

/// One mistake in the configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// Where the value comes from: the file's path, or the environment variable.
    pub source: String,
    /// The setting, dotted: `provider.client_id`. Empty when the file as a whole is at fault.
    pub key: String,
    /// What is there now; never a secret's value.
    pub found: String,
    /// What belongs there.
    pub expected: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            source,
            key,
            found,
            expected,
        } = self;
        if key.is_empty() {
            write!(f, "{source}: {found}; expected {expected}")
        } else {
            write!(f, "{source}: {key}: found {found}, expected {expected}")
        }
    }
}

/// A configuration that cannot be used, with every [`Problem`] found in it.
#[derive(Clone, Debug)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// The mistakes, in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [only] => write!(f, "the configuration has a problem: {only}"),
            many => {
                write!(f, "the configuration has {} problems:", many.len())?;
                many.iter()
                    .try_for_each(|problem| write!(f, "\n  - {problem}"))
            }
        }
    }
}

impl std::error::Error for ConfigError {}
