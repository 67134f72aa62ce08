//! A project as doctor looks at it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::error::Error;

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
        let chosen = std::env::var("B2C_PROFILE").ok();
        let chosen = chosen.or_else(|| env_file.get("B2C_PROFILE").cloned());
        let in_file = table.get("active_profile").and_then(Value::as_str);
        let active = chosen
            .filter(|name| !name.is_empty())
            .or_else(|| in_file.map(str::to_owned));
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

    /// The profiles that are not in use.
    pub(super) fn other_profiles(&self) -> impl Iterator<Item = &str> {
        let profiles = self.table.get("profile").and_then(Value::as_table);
        let names = profiles.into_iter().flat_map(Table::keys);
        let names = names.map(String::as_str);
        names.filter(|name| Some(*name) != self.active.as_deref())
    }
}

pub(super) const CONFIG_FILE: &str = "b2c.toml";
