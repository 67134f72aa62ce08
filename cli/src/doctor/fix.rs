//! Mends what can be mended without asking.

use std::path::Path;

use super::features;
use super::finding::Finding;
use super::project::Project;
use super::rule::Rule;
use super::secrets::{EMULATOR_SECRET, ENV_FILE, cookie_key_names};
use crate::change::ChangeSet;
use crate::error::Error;
use crate::merge::set_line;
use crate::project::{cookie_key, is_tracked, refuse_unless_ignored};

/// The changes that mend these findings: file modes, lines of `.gitignore`, names in `.env`, features in
/// `Cargo.toml`.
///
/// # Errors
///
/// A file cannot be read, or is a link that leads out of the project; or git tracks `.env`, and a cookie key
/// was to be written there.
pub(crate) fn fix(root: &Path, findings: &[Finding]) -> Result<ChangeSet, Error> {
    let project = Project::read(root)?;
    let keys = cookie_key_names(&project.table);
    let mut changes = ChangeSet::at(root);
    let has = |rule| findings.iter().filter(move |found| found.rule == rule);
    for finding in has(Rule::SecretNotIgnored) {
        append(&mut changes, IGNORED, &format!("/{}\n", finding.place))?;
    }
    let mut is_kept_out = has(Rule::SecretNotIgnored).any(|found| found.place == ENV_FILE);
    let constant = constant(&changes)?;
    for finding in has(Rule::SecretMissing).chain(has(Rule::SecretNeeded)) {
        let name = &finding.place;
        let value = if keys.contains(name) {
            Some(cookie_key()?)
        } else {
            constant.clone().filter(|_| name == EMULATOR_SECRET)
        };
        // Whatever else is empty, its owner alone can fill in.
        let is_to_fill =
            value.is_some() && project.env_file.get(name).is_some_and(String::is_empty);
        if project.is_set(name) && !is_to_fill {
            continue;
        }
        if !is_kept_out {
            keep_out(&mut changes, root)?;
            is_kept_out = true;
        }
        let text = changes.read(ENV_FILE)?.unwrap_or_default();
        let text = set_line(&text, name, &value.unwrap_or_default());
        changes.write_secret(ENV_FILE, &text)?;
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

/// The secret of the emulator's client, the same everywhere, as the project's example of `.env` has it.
fn constant(changes: &ChangeSet) -> Result<Option<String>, Error> {
    let text = changes.read(ENV_EXAMPLE)?.unwrap_or_default();
    let mut lines = dotenvy::from_read_iter(text.as_bytes()).flatten();
    let found = lines.find(|(name, value)| name == EMULATOR_SECRET && !value.is_empty());
    Ok(found.map(|(_, value)| value))
}

/// Plans the line of `.gitignore` without which git would see what is written into `.env`.
///
/// # Errors
///
/// git tracks the file, so that no line would keep it out.
fn keep_out(changes: &mut ChangeSet, root: &Path) -> Result<(), Error> {
    match refuse_unless_ignored(root, ENV_FILE) {
        Err(_) if !is_tracked(&root.join(ENV_FILE)) => {
            append(changes, IGNORED, &format!("/{ENV_FILE}\n"))
        }
        seen => seen,
    }
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

const ENV_EXAMPLE: &str = ".env.example";
const IGNORED: &str = ".gitignore";
