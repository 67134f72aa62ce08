//! Secrets, which a configuration only refers to.

use std::path::Path;

use toml::Value;

use super::credential::SecretSource;
use super::section::is_placeholder;
use super::sources::Sources;
use crate::secret::Secret;

/// Follows a reference: `{ env = "NAME" }` or `{ file = "path" }`.
pub(super) fn read(path: &str, value: Value, sources: &mut Sources) -> Option<Secret> {
    read_source(path, value, sources).map(|source| source.value)
}

/// As [`read`], with the file to look at again.
pub(super) fn read_source(path: &str, value: Value, sources: &mut Sources) -> Option<SecretSource> {
    const FORM: &str = "{ env = \"NAME\" } or { file = \"path\" }";
    let Value::Table(reference) = value else {
        // Whatever stands there may be the secret itself: it is not repeated.
        sources.report(path, "a value written in the file", FORM);
        return None;
    };
    let entry = reference.iter().next();
    match (reference.len(), entry) {
        (1, Some((how, Value::String(name)))) if how == "env" => {
            let value = from_environment(path, name, sources)?;
            Some(SecretSource { value, file: None })
        }
        (1, Some((how, Value::String(name)))) if how == "file" => {
            let file = sources.directory.join(Path::new(name));
            // The process may change its directory before the file is looked at again.
            let file = std::path::absolute(&file).unwrap_or(file);
            match read_file(&file) {
                Ok(value) => Some(SecretSource {
                    value,
                    file: Some(file),
                }),
                Err(found) => {
                    sources.report(path, found, "a file with the secret in it");
                    None
                }
            }
        }
        _ => {
            sources.report(path, "a table of another form", FORM);
            None
        }
    }
}

/// The secret in a file, less the space around it; what is wrong with the file is said in words.
pub(super) fn read_file(file: &Path) -> Result<Secret, String> {
    let shown = file.display();
    match std::fs::read_to_string(file) {
        Ok(value) if is_placeholder(&value) => Err(format!("a placeholder in {shown}")),
        Ok(value) if value.trim().is_empty() => Err(format!("the empty file {shown}")),
        Ok(value) => Ok(Secret::new(value.trim())),
        Err(error) => Err(format!("{shown} ({error})")),
    }
}

fn from_environment(path: &str, name: &str, sources: &mut Sources) -> Option<Secret> {
    match sources.environment.get(name) {
        Some(value) if is_placeholder(value) => {
            sources.report(
                path,
                format!("a placeholder in {name}"),
                "the secret itself",
            );
            None
        }
        Some(value) if !value.trim().is_empty() => Some(Secret::new(value.trim())),
        _ => {
            sources.report_unset(path, name);
            None
        }
    }
}
