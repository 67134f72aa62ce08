//! Where settings come from, and what is wrong with them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::Table;

use super::position::Positions;
use super::problem::{ConfigError, NO_PLACEHOLDER, NOTHING, Problem, UNKNOWN};

/// Where values come from; names the source in each [`Problem`] and looks secrets up.
pub(super) struct Sources {
    /// The file as the operator named it.
    pub(super) file: String,
    /// What stands in it.
    pub(super) text: String,
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
        let problem = self.problem(key, found, expected);
        // What a placeholder leads to is no mistake of its own.
        let known = self.problems.iter();
        let mut known = known.filter(|known| known.expected == NO_PLACEHOLDER);
        if !known.any(|known| known.key == problem.key) {
            self.problems.push(problem);
        }
    }

    /// How many there are so far.
    pub(super) fn mistakes(&self) -> usize {
        self.problems.len()
    }

    /// Reports that a setting refers to an environment variable without a value.
    pub(super) fn report_unset(&mut self, key: &str, variable: &str) {
        let present = self.environment.contains_key(variable);
        let found = if present { "an empty" } else { "no" };
        let found = format!("{found} environment variable {variable}");
        let expected = format!("{variable} set in the environment or in the .env file");
        let mut problem = self.problem(key, found, expected);
        problem.unset_variable = Some(variable.to_owned());
        self.problems.push(problem);
    }

    /// Reports a key that nobody asks for. `meant` is the one that it resembles, and that it was asked
    /// for in vain is the same mistake.
    pub(super) fn report_unknown(
        &mut self,
        key: &str,
        expected: String,
        meant: Option<(&str, String)>,
    ) {
        let mut problem = self.problem(key, UNKNOWN, expected);
        if let Some((name, path)) = meant {
            problem.suggestion = Some(name.to_owned());
            self.forgive(&path);
        }
        self.problems.push(problem);
    }

    /// Takes back that this key, or one beneath it, was asked for in vain: another mistake explains it.
    pub(super) fn forgive(&mut self, key: &str) {
        let missing = self.in_file(key);
        self.problems.retain(|problem| {
            let rest = problem.key.strip_prefix(&missing);
            let is_there = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            !(is_there && problem.found == NOTHING)
        });
    }

    /// The mistakes, each with its place in the file.
    pub(super) fn refuse(mut self) -> ConfigError {
        let positions = Positions::of(&self.text);
        for problem in &mut self.problems {
            if problem.source == self.file {
                problem.position = positions.find(&problem.key);
            }
        }
        ConfigError::new(self.problems)
    }

    fn problem(&self, key: &str, found: impl Into<String>, expected: impl Into<String>) -> Problem {
        // Of a secret, what says where it is.
        let reference = || {
            let ways = ["file", "env"].map(|way| format!("{key}.{way}"));
            ways.iter().find_map(|way| self.overridden.get(way))
        };
        match self.overridden.get(key).or_else(reference) {
            Some(source) => Problem::new(source, key, found, expected),
            None => Problem::new(&self.file, &self.in_file(key), found, expected),
        }
    }

    /// Where the file has this setting: `profile.tenant.provider.client_id`, if the profile has a
    /// table `provider`.
    fn in_file(&self, key: &str) -> String {
        let table = key.split(['.', '[']).next().unwrap_or_default();
        match &self.profile {
            Some((name, tables)) if tables.contains_key(table) => format!("{PROFILE}.{name}.{key}"),
            _ => key.to_owned(),
        }
    }
}

/// The key at the top of a file that names the profile.
pub(super) const ACTIVE_PROFILE: &str = "active_profile";
/// The table that profiles are in.
pub(super) const PROFILE: &str = "profile";
