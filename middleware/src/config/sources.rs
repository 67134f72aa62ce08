//! Where settings come from, and what is wrong with them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::Table;

use super::problem::Problem;

/// Where values come from; names the source in each [`Problem`] and looks secrets up.
pub(super) struct Sources {
    /// The file as the operator named it.
    pub(super) file: String,
    /// Dotted keys that did not come from the file, with the name of what set them.
    pub(super) overridden: BTreeMap<String, String>,
    /// The environment, with the `.env` file beneath it.
    pub(super) environment: BTreeMap<String, String>,
    /// Relative secret files are found beside the configuration file.
    pub(super) directory: PathBuf,
    /// The active profile's name, and the tables that it lays over the others.
    pub(super) profile: Option<(String, Table)>,
    pub(super) problems: Vec<Problem>,
}

impl Sources {
    pub(super) fn report(
        &mut self,
        key: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        let overridden = self.overridden.get(key).cloned();
        let key = if overridden.is_some() {
            key.to_owned()
        } else {
            self.in_file(key)
        };
        let source = overridden.unwrap_or_else(|| self.file.clone());
        let (found, expected) = (found.into(), expected.into());
        self.problems.push(Problem {
            source,
            key,
            found,
            expected,
        });
    }

    /// Where the file has this setting: `profile.tenant.provider.client_id`, if the profile has a
    /// table `provider`.
    fn in_file(&self, key: &str) -> String {
        let table = key.split(['.', '[']).next().unwrap_or_default();
        match &self.profile {
            Some((name, tables)) if tables.contains_key(table) => format!("profile.{name}.{key}"),
            _ => key.to_owned(),
        }
    }
}
