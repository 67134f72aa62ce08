//! Secrets, which a configuration only refers to.

use std::path::Path;

use toml::Value;

use super::section::{Sources, is_placeholder};
use crate::secret::Secret;

/// Follows a reference: `{ env = "NAME" }` or `{ file = "path" }`.
pub(super) fn read(path: &str, value: Value, sources: &mut Sources) -> Option<Secret> {
    const FORM: &str = "{ env = \"NAME\" } or { file = \"path\" }";
    let Value::Table(reference) = value else {
        // Whatever stands there may be the secret itself: it is not repeated.
        sources.report(path, "a value written in the file", FORM);
        return None;
    };
    let entry = reference.iter().next();
    match (reference.len(), entry) {
        (1, Some((how, Value::String(name)))) if how == "env" => {
            from_environment(path, name, sources)
        }
        (1, Some((how, Value::String(name)))) if how == "file" => from_file(path, name, sources),
        _ => {
            sources.report(path, "a table of another form", FORM);
            None
        }
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
        present => {
            let found = if present.is_some() { "an empty" } else { "no" };
            let expected = format!("{name} set in the environment or in the .env file");
            sources.report(
                path,
                format!("{found} environment variable {name}"),
                expected,
            );
            None
        }
    }
}

fn from_file(path: &str, name: &str, sources: &mut Sources) -> Option<Secret> {
    let file = sources.directory.join(Path::new(name));
    match std::fs::read_to_string(&file) {
        Ok(value) if is_placeholder(&value) => {
            sources.report(
                path,
                format!("a placeholder in {}", file.display()),
                "the secret itself",
            );
            None
        }
        Ok(value) if !value.trim().is_empty() => Some(Secret::new(value.trim())),
        Ok(_) => {
            sources.report(
                path,
                format!("the empty file {}", file.display()),
                "the secret in it",
            );
            None
        }
        Err(error) => {
            sources.report(
                path,
                format!("{} ({error})", file.display()),
                "a file that can be read",
            );
            None
        }
    }
}
