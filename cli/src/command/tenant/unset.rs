//! The client secrets that a profile refers to, and that are nowhere yet.

use std::path::Path;

use toml::{Table, Value};

use crate::error::Error;
use crate::project::{CONFIG_FILE, Project, is_api};
use crate::tenant::{effective, env_value};

/// Says of each secret where it is missing. A profile that signs nobody in needs none.
///
/// # Errors
///
/// A file of the project cannot be read.
pub(super) fn unset(project: &Project, profile: &str) -> Result<Vec<String>, Error> {
    let text = project.read(CONFIG_FILE)?.unwrap_or_default();
    let document: Table = text.parse().unwrap_or_default();
    if is_api(&document) {
        return Ok(Vec::new());
    }
    let settings = effective(&document, profile);
    let several = settings.get("providers").and_then(Value::as_table);
    let providers = several.into_iter().flat_map(Table::values);
    let providers = settings.get("provider").into_iter().chain(providers);
    let mut missing = Vec::new();
    for secret in providers.filter_map(|provider| provider.get("client_secret")) {
        let text = |how: &str| secret.get(how).and_then(Value::as_str);
        if let Some(name) = text("env") {
            let here = std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
            if !here && env_value(project, name)?.is_none() {
                missing.push(format!("{name} has no value in .env or in the environment"));
            }
        } else if let Some(file) = text("file").filter(|file| !is_there(project, file)) {
            missing.push(format!("there is no file {file}"));
        }
    }
    Ok(missing)
}

fn is_there(project: &Project, file: &str) -> bool {
    project.root().join(Path::new(file)).is_file()
}
