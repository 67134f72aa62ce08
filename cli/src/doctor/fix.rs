//! Mends what can be mended without asking.

use std::path::Path;

use super::features;
use super::finding::Finding;
use super::project::Project;
use super::rule::Rule;
use super::secrets::{ENV_FILE, cookie_key_names};
use crate::change::ChangeSet;
use crate::error::Error;
use crate::merge::set_line;
use crate::project::cookie_key;

/// The changes that mend these findings: file modes, lines of `.gitignore`, names in `.env`, features in
/// `Cargo.toml`.
///
/// # Errors
///
/// A file cannot be read, or is a link that leads out of the project.
pub(crate) fn fix(root: &Path, findings: &[Finding]) -> Result<ChangeSet, Error> {
    let project = Project::read(root)?;
    let keys = cookie_key_names(&project.table);
    let mut changes = ChangeSet::at(root);
    let has = |rule| findings.iter().filter(move |found| found.rule == rule);
    for finding in has(Rule::SecretNotIgnored) {
        append(&mut changes, ".gitignore", &format!("/{}\n", finding.place))?;
    }
    for finding in has(Rule::SecretMissing).chain(has(Rule::SecretNeeded)) {
        let name = &finding.place;
        let is_key = keys.contains(name);
        // Whatever else is empty, its owner alone can fill in.
        let is_empty_key = is_key && project.env_file.get(name).is_some_and(String::is_empty);
        if project.is_set(name) && !is_empty_key {
            continue;
        }
        let value = if is_key { cookie_key()? } else { String::new() };
        let text = changes.read(ENV_FILE)?.unwrap_or_default();
        changes.write_secret(ENV_FILE, &set_line(&text, name, &value))?;
    }
    features::add(&project, &mut changes)?;
    let within = |path: &str| !Path::new(path).is_absolute() && !path.starts_with("..");
    for finding in has(Rule::SecretReadable).filter(|finding| within(&finding.place)) {
        // A file that is written anew gets the mode with it.
        let planned = changes
            .changes()
            .iter()
            .any(|change| change.path() == finding.place);
        if !planned {
            changes.restrict(&finding.place)?;
        }
    }
    Ok(changes)
}

fn append(changes: &mut ChangeSet, path: &str, line: &str) -> Result<(), Error> {
    let text = changes.read(path)?.unwrap_or_default();
    changes.write(path, &appended(text, line))
}

fn appended(mut text: String, line: &str) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text + line
}
