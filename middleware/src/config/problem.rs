//! What is wrong with a configuration, all of it at once.

use std::fmt;

use super::position::Position;

/// One mistake in the configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// Where the value comes from: the file's path, or the environment variable.
    pub source: String,
    /// Where the file has the setting, or the table that lacks it. `None` where the file has neither,
    /// and for values from elsewhere.
    pub position: Option<Position>,
    /// The setting, dotted: `provider.client_id`. Empty when the file as a whole is at fault.
    pub key: String,
    /// What is there now; never a secret's value.
    pub found: String,
    /// What belongs there.
    pub expected: String,
    /// For a key that does not exist, the one that it resembles.
    pub suggestion: Option<String>,
    /// The environment variable that the setting refers to, where it is not set.
    pub unset_variable: Option<String>,
}

impl Problem {
    pub(super) fn new(
        source: &str,
        key: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            source: source.to_owned(),
            position: None,
            key: key.to_owned(),
            found: found.into(),
            expected: expected.into(),
            suggestion: None,
            unset_variable: None,
        }
    }

    /// What is wrong, without the place: `found nothing, expected …`.
    pub fn sentence(&self) -> String {
        let Self {
            found, expected, ..
        } = self;
        match &self.suggestion {
            Some(name) => format!("there is no such setting; did you mean `{name}`?"),
            None if found == UNKNOWN => format!("there is no such setting; expected {expected}"),
            None if self.key.is_empty() => format!("{found}; expected {expected}"),
            None => format!("found {found}, expected {expected}"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if let Some(position) = self.position {
            write!(f, ":{position}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.sentence())
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

    /// The mistakes, in the order in which settings are read.
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

/// What is found where a table has a key that nobody asks for.
pub(super) const UNKNOWN: &str = "a key that does not exist";
/// What is found where a setting is missing.
pub(super) const NOTHING: &str = "nothing";
/// What is expected where a sample's text was left as it is.
pub(super) const NO_PLACEHOLDER: &str = "your own value in place of the placeholder";
