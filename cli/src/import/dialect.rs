//! Which tool's configuration a file is.

use std::path::Path;

use super::dotenv::dotenv;
use super::javascript::{javascript, json};
use super::node::Entry;
use super::placeholders::resolve;
use super::properties::properties;
use super::python::python;
use super::scope::Environment;
use super::source::{Source, unreadable};
use super::toml::toml;
use super::yaml::yaml;
use crate::error::Error;
use crate::import::node::Value;

/// The languages that configurations are written in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Dialect {
    Python,
    Dotenv,
    JavaScript,
    Json,
    Yaml,
    Properties,
    Toml,
}

impl Dialect {
    /// By the file's name.
    ///
    /// # Errors
    ///
    /// No configuration that is known has such a name.
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_ascii_lowercase();
        if name.starts_with(".env") {
            return Ok(Self::Dotenv);
        }
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension {
            "py" => Ok(Self::Python),
            "env" => Ok(Self::Dotenv),
            "js" | "cjs" | "mjs" | "jsx" | "ts" | "tsx" => Ok(Self::JavaScript),
            "json" | "jsonc" => Ok(Self::Json),
            "yml" | "yaml" => Ok(Self::Yaml),
            "properties" => Ok(Self::Properties),
            "cfg" | "conf" | "toml" => Ok(Self::Toml),
            _ => Err(unreadable(
                format!("{} is no configuration that import knows", path.display()),
                KNOWN,
            )),
        }
    }

    /// Reads the settings, running nothing.
    pub(super) fn read(
        self,
        source: &Source,
        environment: &Environment,
    ) -> Result<Vec<Entry>, Error> {
        let mut entries = match self {
            Self::Python => return python(source, environment),
            Self::Dotenv => return dotenv(source),
            Self::JavaScript => return javascript(source, environment),
            Self::Json => return json(source, environment),
            Self::Yaml => yaml(source)?,
            Self::Properties => properties(source),
            Self::Toml => toml(source)?,
        };
        let variable = |name: &str| match &environment.get(name)?.value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        };
        resolve(source, &mut entries, &variable)?;
        Ok(entries)
    }
}

const KNOWN: &str = "it reads app_config.py, .env, appsettings.json, authConfig.js, \
                     application.yml, application.properties and oauth2-proxy.cfg";
