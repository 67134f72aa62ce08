//! The client secrets that a profile refers to, and that are nowhere yet.

use std::path::Path;

use toml::{Table, Value};

use crate::error::Error;
use crate::project::{CONFIG_FILE, Project, is_api};
use crate::tenant::{effective, env_value};
use crate::terminal::{option_to, word};

/// A client secret that is nowhere yet.
pub(super) struct Missing {
    /// What is missing, and where.
    pub(super) what: String,
    /// The command, or in words what to do.
    pub(super) step: String,
}

/// Those of a profile. One that signs nobody in needs none.
///
/// # Errors
///
/// A file of the project cannot be read.
pub(super) fn unset(project: &Project, profile: &str) -> Result<Vec<Missing>, Error> {
    let text = project.read(CONFIG_FILE)?.unwrap_or_default();
    let document: Table = text.parse().unwrap_or_default();
    if is_api(&document) {
        return Ok(Vec::new());
    }
    let settings = effective(&document, profile);
    let several = settings.get("providers").and_then(Value::as_table);
    let several = several.into_iter().flatten();
    let several = several.map(|(name, provider)| (Some(name.as_str()), provider));
    let only = settings.get("provider").map(|provider| (None, provider));
    let mut missing = Vec::new();
    for (provider, settings) in only.into_iter().chain(several) {
        let Some(secret) = settings.get("client_secret") else {
            continue;
        };
        let text = |how: &str| secret.get(how).and_then(Value::as_str);
        if let Some(name) = text("env") {
            let here = std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
            if !here && env_value(project, name)?.is_none() {
                let what = format!("{name} has no value in .env or in the environment");
                let step = set(project, &document, profile, provider)
                    .unwrap_or_else(|| format!("put the client secret into .env as {name}"));
                missing.push(Missing { what, step });
            }
        } else if let Some(file) = text("file").filter(|file| !is_there(project, file)) {
            let what = format!("there is no file {file}");
            let step = format!("put the client secret into {file}");
            missing.push(Missing { what, step });
        }
    }
    Ok(missing)
}

/// The command that takes the secret of this provider, which the profile itself must have.
fn set(
    project: &Project,
    document: &Table,
    profile: &str,
    provider: Option<&str>,
) -> Option<String> {
    let own = document.get("profile")?.get(profile)?;
    let provider = match provider {
        None => own.get("provider").map(|_| String::new())?,
        Some(name) => {
            own.get("providers")?.get(name)?;
            format!(" --provider {}", word(name))
        }
    };
    let (place, profile) = (option_to(project.root()), word(profile));
    Some(format!(
        "cargo b2c-init tenant set{place} --profile {profile}{provider} --client-secret-stdin"
    ))
}

fn is_there(project: &Project, file: &str) -> bool {
    project.root().join(Path::new(file)).is_file()
}
