//! `b2c.toml`: the file, the chosen profile, the environment, in this order.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::api::ApiConfig;
use super::check::{check, check_api, check_client};
use super::client::ClientConfig;
use super::overlay::{lay_over, set};
use super::position::{Position, Positions};
use super::problem::{ConfigError, Problem};
use super::setting::Setting;
use super::settings::Config;
use super::sources::{ACTIVE_PROFILE, PROFILE, Sources};
use crate::crypto::sha256;

/// A configuration file about to be read.
///
/// Later sources win: the file's base tables, the tables of the active profile
/// (`[profile.NAME.…]`), environment variables (`B2C__PROVIDER__CLIENT_ID` sets
/// `provider.client_id`), values given with [`set`](Self::set). Secrets are looked up in the
/// environment, then in a file `.env` beside the configuration file.
#[derive(Clone)]
pub struct ConfigFile {
    path: PathBuf,
    text: Option<String>,
    profile: Option<String>,
    environment: Option<BTreeMap<String, String>>,
    overrides: Vec<(String, Value)>,
}

impl ConfigFile {
    pub(super) fn new(path: &Path, text: Option<String>) -> Self {
        Self {
            path: path.to_owned(),
            text,
            profile: None,
            environment: None,
            overrides: Vec::new(),
        }
    }

    /// Chooses the profile, whatever the file and `B2C_PROFILE` say.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Sets one value, dotted: `.set("app.base_url", "http://localhost:5000")`.
    pub fn set(mut self, key: impl Into<String>, value: impl Into<Setting>) -> Self {
        self.overrides.push((key.into(), value.into().0));
        self
    }

    /// Reads these variables in place of the process environment and the `.env` file.
    pub fn environment<K, V>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<String>,
        V: Into<String>,
    {
        let pairs = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        self.environment = Some(pairs.collect());
        self
    }

    /// Reads and checks everything.
    ///
    /// # Errors
    ///
    /// Returns every mistake found, each with its file, key, the value found and what is expected.
    pub fn load(self) -> Result<Config, ConfigError> {
        let source = self.clone();
        let (table, sources) = self.read()?;
        check(table, source, sources)
    }

    /// Reads and checks what an API needs that is protected with access tokens: `[api]`, and the
    /// providers' addresses. What a web app needs besides may be there and is not looked at, but for
    /// `app.base_url` where `api.base_url` is missing.
    ///
    /// # Errors
    ///
    /// As those of [`load`](Self::load).
    pub fn load_api(self) -> Result<ApiConfig, ConfigError> {
        let source = self.clone();
        let (table, sources) = self.read()?;
        check_api(table, source, sources)
    }

    /// Reads and checks what an app needs that has tokens in its own name: `[provider]` or
    /// `[providers.NAME]` with the app's registration, `[[downstream]]`, and `[session]` for the
    /// store and the key that tokens rest under. What a web app or an API needs besides may be there
    /// and is not looked at, but for `app.default_provider`.
    ///
    /// # Errors
    ///
    /// As those of [`load`](Self::load).
    pub fn load_client(self) -> Result<ClientConfig, ConfigError> {
        let (table, sources) = self.read()?;
        check_client(table, sources)
    }

    /// Where the file has this setting, dotted as it stands there (`profile.NAME.session.store`), or the
    /// table that lacks it. `None` where it has neither, or cannot be read.
    pub fn position(&self, key: &str) -> Option<Position> {
        let read = match &self.text {
            Some(_) => None,
            None => Some(std::fs::read_to_string(&self.path).ok()?),
        };
        let text = self.text.as_ref().or(read.as_ref())?;
        Positions::of(text).find(key)
    }

    /// Changes whenever the file does, or the `.env` file beside it, in what they say: their times say
    /// little where a mounted volume is exchanged, as Kubernetes does with Secrets and ConfigMaps.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let directory = self.path.parent().map_or_else(PathBuf::new, Path::to_owned);
        let mut all = Vec::new();
        let files = match (&self.text, &self.environment) {
            (Some(_), Some(_)) => Vec::new(),
            (Some(_), None) => vec![directory.join(".env")],
            (None, Some(_)) => vec![self.path.clone()],
            (None, None) => vec![self.path.clone(), directory.join(".env")],
        };
        for file in files {
            // Whether it is there, and how it ends, is a part of it.
            match std::fs::read(&file) {
                Ok(bytes) => {
                    all.push(1);
                    all.extend(sha256(&bytes));
                }
                Err(_) => all.push(0),
            }
        }
        sha256(&all)
    }

    /// The tables, with everything laid over them that wins.
    fn read(self) -> Result<(Table, Sources), ConfigError> {
        let file = match self.text {
            // Whoever starts the app somewhere else sees where it looks.
            None => std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone()),
            Some(_) => self.path.clone(),
        };
        let file = file.display().to_string();
        let fault = |found: String, expected: &str| {
            ConfigError::new(vec![Problem::new(&file, "", found, expected)])
        };

        let text = match self.text {
            Some(text) => text,
            None => std::fs::read_to_string(&self.path).map_err(|error| {
                fault(
                    format!("cannot be read ({error})"),
                    "a configuration file there, or another working directory",
                )
            })?,
        };
        let mut table: Table = text.parse().map_err(|error: toml::de::Error| {
            // The line itself is not repeated: it may hold a secret that was to be a reference.
            let mut problem = Problem::new(&file, "", error.message(), "valid TOML");
            let byte = error.span().map_or(0, |span| span.start);
            problem.position = Some(Position::at(&text, byte));
            ConfigError::new(vec![problem])
        })?;

        let directory = self.path.parent().map_or_else(PathBuf::new, Path::to_owned);
        let mut problems = Vec::new();
        let environment = match self.environment {
            Some(environment) => environment,
            None => process_environment(&directory, &mut problems),
        };

        let in_file = match table.remove(ACTIVE_PROFILE) {
            Some(Value::String(name)) => Some(name),
            None => None,
            Some(other) => {
                return Err(fault(
                    format!("active_profile is {other}"),
                    "the name of a profile, in quotes",
                ));
            }
        };
        let from_environment = environment
            .get("B2C_PROFILE")
            .filter(|name| !name.is_empty());
        let profile = self
            .profile
            .or_else(|| from_environment.cloned())
            .or(in_file);
        if table
            .get(PROFILE)
            .is_some_and(|profiles| !profiles.is_table())
        {
            return Err(fault(
                "profile is not a table".to_owned(),
                "tables [profile.NAME.…], and active_profile = \"NAME\"",
            ));
        }
        let profiles = take_profiles(&mut table);
        let mut active = None;
        if let Some(name) = profile {
            let Some(Value::Table(overlay)) = profiles.get(&name) else {
                let known: Vec<_> = profiles.keys().map(String::as_str).collect();
                return Err(fault(
                    format!("the active profile \"{name}\" has no table [profile.{name}]"),
                    &format!("one of: {}", known.join(", ")),
                ));
            };
            lay_over(&mut table, overlay);
            active = Some((name, overlay.clone()));
        }

        let mut overridden = BTreeMap::new();
        let mut of_variables = Table::new();
        for (name, value) in &environment {
            if let Some(key) = setting_of_variable(name) {
                set(&mut of_variables, &key, parse_scalar(value));
                overridden.insert(key, format!("environment variable {name}"));
            }
        }
        lay_over(&mut table, &of_variables);
        let mut in_code = Table::new();
        for (key, value) in self.overrides {
            set(&mut in_code, &key, value);
            overridden.insert(key, "a value set in code".to_owned());
        }
        lay_over(&mut table, &in_code);

        let sources = Sources {
            file,
            text,
            overridden,
            environment,
            directory,
            profile: active,
            problems,
        };
        Ok((table, sources))
    }
}

impl fmt::Debug for ConfigFile {
    /// Without the environment and the overrides, which hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ConfigFile");
        shown
            .field("path", &self.path)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// The environment, and beneath it the `.env` file beside the configuration file.
fn process_environment(directory: &Path, problems: &mut Vec<Problem>) -> BTreeMap<String, String> {
    let path = directory.join(".env");
    let mut variables = BTreeMap::new();
    for entry in dotenvy::from_path_iter(&path).into_iter().flatten() {
        match entry {
            Ok((name, value)) => drop(variables.insert(name, value)),
            // The error would repeat the line, and with it perhaps a secret.
            Err(_) => {
                let expected = "NAME=value, with quotes around spaces";
                let found = "a line cannot be read";
                let source = path.display().to_string();
                problems.push(Problem::new(&source, "", found, expected));
            }
        }
    }
    let own = std::env::vars_os();
    variables.extend(
        own.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    );
    variables
}

/// `B2C__PROVIDER__CLIENT_ID` → `provider.client_id`.
fn setting_of_variable(name: &str) -> Option<String> {
    let key = name.strip_prefix("B2C__")?;
    Some(key.to_ascii_lowercase().replace("__", "."))
}

/// Environment values are TOML where they read as a list, number or boolean, else plain text.
fn parse_scalar(text: &str) -> Value {
    let parsed = format!("value = {text}").parse::<Table>().ok();
    match parsed.and_then(|mut table| table.remove("value")) {
        Some(value @ (Value::Array(_) | Value::Boolean(_) | Value::Integer(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

fn take_profiles(table: &mut Table) -> Table {
    match table.remove(PROFILE) {
        Some(Value::Table(profiles)) => profiles,
        _ => Table::new(),
    }
}
