//! What the project builds with, and what this tool wrote of it.

use std::fs;
use std::io::ErrorKind;

use toml::{Table, Value};

use super::finding::Finding;
use super::manifest::{self, LAYER, manifest};
use super::project::Project;
use super::rule::Rule;
use crate::lock::LockFile;

/// Judges Cargo.toml, Cargo.lock and b2c.lock.
pub(super) fn judge(project: &Project, findings: &mut Vec<Finding>) {
    dependency(project, findings);
    match fs::read_to_string(project.root.join(LockFile::PATH)) {
        Ok(text) => {
            if let Err(error) = LockFile::parse(&text) {
                let place = LockFile::PATH;
                findings.push(Finding::new(Rule::DamagedLock, place, error.to_string()));
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            findings.push(Finding::new(
                Rule::NoLock,
                LockFile::PATH,
                "it is not there",
            ));
        }
        Err(error) => {
            let what = error.to_string();
            findings.push(Finding::new(Rule::DamagedLock, LockFile::PATH, what));
        }
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
