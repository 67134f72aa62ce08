//! A project as doctor looks at it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};
use tower_b2c::{Config, Position};

use super::finding::CONFIG_FILE;
use crate::error::Error;
use crate::tenant::{PROFILE_VARIABLE, overriding_profile};

/// The files that doctor reads, read once.
pub(super) struct Project {
    pub(super) root: PathBuf,
    /// `b2c.toml`; empty where it is not TOML.
    pub(super) table: Table,
    /// What `.env` sets, by name.
    pub(super) env_file: BTreeMap<String, String>,
    /// The profile that the app would use.
    pub(super) active: Option<String>,
}

impl Project {
    pub(super) fn read(root: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(root.join(CONFIG_FILE)).map_err(|_| Error::NotAProject {
            directory: root.to_owned(),
            missing: CONFIG_FILE,
        })?;
        let table: Table = text.parse().unwrap_or_default();
        let entries = dotenvy::from_path_iter(root.join(".env"));
        let env_file: BTreeMap<_, _> = entries
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .collect();
        let chosen = overriding_profile(|| env_file.get(PROFILE_VARIABLE).cloned());
        let in_file = table.get("active_profile").and_then(Value::as_str);
        let active = chosen.or_else(|| in_file.map(str::to_owned));
        Ok(Self {
            root: root.to_owned(),
            table,
            env_file,
            active,
        })
    }

    /// Where the settings are.
    pub(super) fn file(&self) -> PathBuf {
        self.root.join(CONFIG_FILE)
    }

    /// Where the file has this setting, or the table that lacks it.
    pub(super) fn position(&self, key: &str) -> Option<Position> {
        Config::from_file(self.file()).position(key)
    }

    /// Whether an environment variable is there, in the environment or in `.env`, if only as a name.
    pub(super) fn is_set(&self, variable: &str) -> bool {
        self.env_file.contains_key(variable) || std::env::var_os(variable).is_some()
    }

    /// A text that a profile has, or else the tables that all have in common; with its dotted key.
    pub(super) fn text(&self, profile: Option<&str>, path: &[&str]) -> Option<(String, &str)> {
        let (key, value) = self.setting(profile, path)?;
        Some((key, value.as_str()?))
    }

    /// Whether a provider of the active profile is the emulator.
    pub(super) fn is_emulator(&self, provider: &str) -> bool {
        let active = self.active.as_deref();
        let paths = [
            &["provider", "emulator"][..],
            &["providers", provider, "emulator"],
        ];
        let mut found = paths
            .into_iter()
            .filter_map(|path| self.setting(active, path));
        found.any(|(_, value)| value.as_bool() == Some(true))
    }

    /// Where the active profile has the settings of a provider: `provider`, or `providers.NAME`.
    pub(super) fn table_of(&self, provider: &str) -> String {
        let several = self.setting(self.active.as_deref(), &["providers"]);
        match several {
            Some(_) => format!("providers.{provider}"),
            None => "provider".to_owned(),
        }
    }

    /// What a profile has, or else the tables that all have in common; with its dotted key.
    pub(super) fn setting(&self, profile: Option<&str>, path: &[&str]) -> Option<(String, &Value)> {
        let of_profile = profile.map(|name| [&["profile", name], path].concat());
        let paths = of_profile.into_iter().chain([path.to_vec()]);
        let mut found = paths.filter_map(|path| {
            let (first, rest) = path.split_first()?;
            let value = self.table.get(*first);
            let value = rest.iter().try_fold(value?, |value, key| value.get(*key))?;
            Some((path.join("."), value))
        });
        found.next()
    }

    /// The profiles that are not in use.
    pub(super) fn other_profiles(&self) -> impl Iterator<Item = &str> {
        let profiles = self.table.get("profile").and_then(Value::as_table);
        let names = profiles.into_iter().flat_map(Table::keys);
        let names = names.map(String::as_str);
        names.filter(|name| Some(*name) != self.active.as_deref())
    }
}
