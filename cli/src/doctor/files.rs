//! What the project builds with, and what this tool wrote of it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use toml::{Table, Value};

use super::finding::Finding;
use super::manifest::{self, LAYER, manifest};
use super::project::Project;
use super::rule::Rule;
use crate::error::Error;
use crate::lock::{Base, LockFile};
use crate::status::Status;

/// Judges Cargo.toml, Cargo.lock, and what `tenant` and `update` read: b2c.lock and the base.
pub(super) fn judge(project: &Project, findings: &mut Vec<Finding>) {
    dependency(project, findings);
    let lock = written(project, LockFile::PATH, |text| {
        LockFile::parse(text).map(drop)
    });
    let base = written(project, Base::PATH, |text| Base::parse(text).map(drop));
    if matches!(lock, Ok(false)) {
        let what = "it is not there";
        findings.push(Finding::new(Rule::NoLock, LockFile::PATH, what));
    }
    let is_readable = lock.is_ok() && base.is_ok();
    findings.extend([lock.err(), base.err()].into_iter().flatten());
    if is_readable && let Some(found) = unknown(&project.root) {
        findings.push(found);
    }
}

/// Whether a file that this tool wrote is there, and can be read.
fn written(
    project: &Project,
    path: &str,
    parse: impl FnOnce(&str) -> Result<(), Error>,
) -> Result<bool, Finding> {
    let damaged = |what: String| Finding::new(Rule::DamagedLock, path, what);
    match fs::read_to_string(project.root.join(path)) {
        Ok(text) => parse(&text)
            .map(|()| true)
            .map_err(|error| refused(path, &error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(damaged(error.to_string())),
    }
}

/// A template or an answer that this version does not know, as a newer one may have written it.
fn unknown(root: &Path) -> Option<Finding> {
    let opened = crate::project::Project::open(root).ok()?;
    opened.lock()?;
    // Whatever else fails is none of the lock file's.
    let refused_with = opened.render().err();
    let error = refused_with.filter(|error| error.status() == Status::Refused)?;
    Some(refused(LockFile::PATH, &error))
}

/// What `tenant` and `update` would refuse with.
fn refused(path: &str, error: &Error) -> Finding {
    let what = error.to_string();
    // The place stands before it.
    let what = what.strip_prefix(&format!("{path}: ")).unwrap_or(&what);
    let found = Finding::new(Rule::DamagedLock, path, what);
    match error.hint() {
        Some(hint) => found.advise(hint),
        None => found,
    }
}

fn dependency(project: &Project, findings: &mut Vec<Finding>) {
    let Some(manifest) = manifest(&project.root) else {
        let what = "it is not there or is not TOML";
        findings.push(Finding::new(Rule::NotADependency, "Cargo.toml", what));
        return;
    };
    if manifest::dependency(&project.root, &manifest).is_none() {
        let what = "[dependencies] has no tower-b2c";
        findings.push(Finding::new(Rule::NotADependency, "Cargo.toml", what));
        return;
    }
    let lock = fs::read_to_string(project.root.join("Cargo.lock")).ok();
    let lock = lock.and_then(|text| text.parse::<Table>().ok());
    let packages = lock.as_ref().and_then(|lock| lock.get("package"));
    let packages = packages.and_then(Value::as_array).into_iter().flatten();
    let text = |package: &Value, key: &str| Some(package.get(key)?.as_str()?.to_owned());
    for package in packages.filter(|package| text(package, "name").as_deref() == Some(LAYER)) {
        let Some(version) = text(package, "version").filter(|version| version != OWN) else {
            continue;
        };
        let what = format!("tower-b2c {version}; this tool is of {OWN}");
        findings.push(Finding::new(Rule::OtherVersion, "Cargo.lock", what));
    }
}

/// All crates of this repository have one version.
const OWN: &str = env!("CARGO_PKG_VERSION");
