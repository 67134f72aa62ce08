//! Where secrets are, and who can read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::finding::{CONFIG_FILE, Finding};
use super::project::Project;
use super::rule::Rule;
use crate::file::is_open_to_others;
use crate::merge::is_secret;
use crate::project::{ignores, tracked};
use crate::tenant::effective;

/// Judges `.env` and every `{ file = … }`, and looks for secrets in the wrong places.
pub(super) fn judge(project: &Project, findings: &mut Vec<Finding>) {
    let references = References::of(&project.table);
    for key in &references.literal {
        let what = "a value written in the file";
        let found = Finding::new(Rule::SecretInConfiguration, key, what);
        findings.push(found.at(project.position(key)));
    }
    let files = references.files.iter().map(|file| as_git_has_it(file));
    let mut files: BTreeSet<String> = files.collect();
    files.insert(ENV_FILE.to_owned());
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let tracked = tracked(&project.root).unwrap_or_else(|said| {
        findings.push(Finding::new(Rule::GitFails, "git", said));
        None
    });
    for file in files {
        if !project.root.join(file).is_file() {
            continue;
        }
        if is_open_to_others(&project.root.join(file)) {
            let what = "others than its owner can read it";
            findings.push(Finding::new(Rule::SecretReadable, file, what));
        }
        // What is outside of the project is not this repository's.
        if Path::new(file).is_absolute() || file.starts_with("..") {
            continue;
        }
        match &tracked {
            Some(tracked) if tracked.iter().any(|path| path == file) => {
                findings.push(Finding::new(Rule::SecretTracked, file, "git tracks it"));
            }
            Some(_) => match ignores(&project.root, file) {
                Ok(true) => {}
                Ok(false) => {
                    let what = "no line of .gitignore covers it";
                    findings.push(Finding::new(Rule::SecretNotIgnored, file, what));
                }
                Err(said) => findings.push(Finding::new(Rule::GitFails, file, said)),
            },
            None => {}
        }
    }
    for name in &asked_for(&project.table) {
        let known = |known: &Finding| known.rule == Rule::SecretNeeded && known.place == *name;
        if !project.is_set(name) && !findings.iter().any(known) {
            let what = format!("{CONFIG_FILE} refers to it, and it is not set");
            findings.push(Finding::new(Rule::SecretMissing, name, what));
        }
    }
    for file in tracked.iter().flatten() {
        copied(project, &references.names, file, findings);
    }
}

/// The names of the environment that the app asks for with one profile or another: what a profile refers to in
/// another way, nobody asks for.
fn asked_for(document: &Table) -> BTreeSet<String> {
    let profiles = document.get("profile").and_then(Value::as_table);
    let names: Vec<_> = profiles.into_iter().flat_map(Table::keys).collect();
    if names.is_empty() {
        return References::of(document).names;
    }
    let settings = names.into_iter().map(|name| effective(document, name));
    settings
        .flat_map(|settings| References::of(&settings).names)
        .collect()
}

/// The names of the environment that cookie keys come from.
pub(super) fn cookie_key_names(table: &Table) -> BTreeSet<String> {
    References::of(table).cookie_keys
}

/// The dotted keys of secrets that stand in the file themselves.
pub(super) fn literal(table: &Table) -> BTreeSet<String> {
    References::of(table).literal.into_iter().collect()
}

/// A path without `.` in it, `./secrets/cs`, as git and `.gitignore` know it.
fn as_git_has_it(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| *part != ".").collect();
    parts.join("/")
}

/// Whether a variable's name says that it holds a secret, of whatever the app has beside its sign-in.
fn is_named_as_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["SECRET", "KEY", "PASSWORD"]
        .iter()
        .any(|word| name.contains(word))
}

/// Tells which name's value a tracked file repeats, never the value.
fn copied(project: &Project, referred: &BTreeSet<String>, file: &str, findings: &mut Vec<Finding>) {
    if file == ENV_FILE {
        return;
    }
    let path = project.root.join(file);
    let is_small = fs::metadata(&path).is_ok_and(|file| file.len() <= LARGEST);
    let Some(text) = is_small.then(|| fs::read_to_string(&path).ok()).flatten() else {
        return;
    };
    for (name, value) in &project.env_file {
        // The emulator's secret is the same everywhere and protects nothing.
        let is_secret = (referred.contains(name) || is_named_as_secret(name))
            && value.len() >= SHORTEST
            && name != EMULATOR_SECRET;
        if is_secret && text.contains(value.as_str()) {
            let what = format!("the value of {name} stands in it");
            findings.push(Finding::new(Rule::SecretCopied, file, what));
        }
    }
}

/// What the settings say of secrets.
#[derive(Default)]
struct References {
    names: BTreeSet<String>,
    files: BTreeSet<String>,
    cookie_keys: BTreeSet<String>,
    /// Dotted keys of secrets that stand there themselves.
    literal: Vec<String>,
}

impl References {
    fn of(table: &Table) -> Self {
        let mut references = Self::default();
        references.add("", table);
        references
    }

    fn add(&mut self, path: &str, table: &Table) {
        for (key, value) in table {
            let place = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            self.value(&place, key, value);
        }
    }

    fn value(&mut self, place: &str, key: &str, value: &Value) {
        let is_cookie_key = key.starts_with("cookie_key");
        match value {
            Value::Table(inner) => match (inner.len(), inner.get("env"), inner.get("file")) {
                (1, Some(Value::String(name)), None) => {
                    self.names.insert(name.clone());
                    if is_cookie_key {
                        self.cookie_keys.insert(name.clone());
                    }
                }
                (1, None, Some(Value::String(file))) => {
                    self.files.insert(file.clone());
                }
                _ => self.add(place, inner),
            },
            Value::Array(items) => {
                for item in items {
                    self.value(place, key, item);
                }
            }
            Value::String(text) if is_secret(key) && text != "callback" => {
                self.literal.push(place.to_owned());
            }
            _ => {}
        }
    }
}

pub(super) const ENV_FILE: &str = ".env";
/// Of the client that the emulator knows.
pub(super) const EMULATOR_SECRET: &str = "B2C_EMULATOR_CLIENT_SECRET";
/// Shorter values stand in many files by chance.
const SHORTEST: usize = 16;
const LARGEST: u64 = 1024 * 1024;
