//! The keys that the app seals with, and the files that a rotation replaces.

use super::credential::SecretSource;
use crate::secret::Secret;

/// `session.cookie_key` or `session.cookie_keys`: the first seals, all open.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CookieKeys {
    /// In the order of the configuration; a source of `cookie_keys` has a key in each line.
    pub(super) sources: Vec<SecretSource>,
    /// Whether a source is one key, line breaks and all: `session.cookie_key`.
    pub(super) whole: bool,
}

impl CookieKeys {
    /// One key that never changes.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn of(key: &str) -> Self {
        let (value, file) = (Secret::new(key), None);
        Self {
            sources: vec![SecretSource { value, file }],
            whole: true,
        }
    }

    /// The keys as they were configured; none if the configuration has none.
    pub(crate) fn values(&self) -> Vec<Secret> {
        let values = self.sources.iter();
        values.flat_map(|source| self.keys(&source.value)).collect()
    }

    /// The keys as the files have them now; what is wrong with them is said in words.
    pub(crate) fn read_again(&self) -> Result<Vec<Secret>, String> {
        let mut keys = Vec::new();
        for source in &self.sources {
            let value = source.read_again()?;
            let of_source = self.keys(&value);
            if of_source.iter().any(is_short) {
                let file = source.file.as_deref().map(std::path::Path::display);
                let file = file.map_or_else(String::new, |file| format!(" in {file}"));
                return Err(format!("a key of less than {SHORTEST} characters{file}"));
            }
            keys.extend(of_source);
        }
        Ok(keys)
    }

    /// Whether there is anything to read again: the environment does not change.
    pub(crate) fn change(&self) -> bool {
        self.sources.iter().any(|source| source.file.is_some())
    }

    pub(super) fn keys(&self, value: &Secret) -> Vec<Secret> {
        if self.whole {
            return vec![value.clone()];
        }
        let lines = value.expose().lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty())
            .map(Secret::new)
            .collect()
    }
}

/// Whether a key is too short to be random enough.
pub(super) fn is_short(key: &Secret) -> bool {
    key.expose().len() < SHORTEST
}

const SHORTEST: usize = 32;
