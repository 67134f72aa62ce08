//! What the settings of a profile take from where the app runs.

use std::collections::BTreeSet;

/// The references of a profile of `b2c.toml`: files to run the app with hand over these secrets, and no
/// others.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Secrets {
    profile: String,
    variables: BTreeSet<String>,
    files: BTreeSet<String>,
}

impl Secrets {
    /// Those of the profile of this name, none yet.
    pub fn of(profile: impl Into<String>) -> Self {
        Self {
            profile: profile.into(),
            ..Self::default()
        }
    }

    /// Adds an environment variable, `{ env = "NAME" }`.
    pub fn env(mut self, name: impl Into<String>) -> Self {
        self.variables.insert(name.into());
        self
    }

    /// Adds a file, `{ file = "path" }`. What is no absolute path is beneath the directory of `b2c.toml`.
    pub fn file(mut self, path: impl Into<String>) -> Self {
        self.files.insert(path.into());
        self
    }

    /// The name of the profile.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// The environment variables, in alphabetical order.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(String::as_str)
    }

    /// The paths of the files as `b2c.toml` has them, in alphabetical order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }
}
