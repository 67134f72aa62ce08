//! The checkout's build cache, shared by projects that may have the same name.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use toml::{Table, Value};

use crate::error::Error;
use crate::project::Checkout;

/// Makes sure that what the cache holds under this project's name is this project's.
///
/// cargo tells packages apart by name, version and path within their workspace. Every generated
/// project is a workspace of its own, so two of one name look the same to it: it would compare the
/// sources of the one that was built last, find nothing changed, and run that one's program.
pub(super) fn claim(checkout: &Checkout, project: &Path) -> Result<(), Error> {
    let Some(name) = package_name(project) else {
        // cargo says what is wrong with the manifest.
        return Ok(());
    };
    let owner = owner_file(checkout, &name);
    let path = project
        .canonicalize()
        .unwrap_or_else(|_| project.to_owned());
    let path = path.to_string_lossy().into_owned();
    if std::fs::read_to_string(&owner).is_ok_and(|owned_by| owned_by == path) {
        return Ok(());
    }
    forget(checkout, project, &name);
    let written = match owner.parent() {
        Some(directory) => std::fs::create_dir_all(directory),
        None => Ok(()),
    };
    let written = written.and_then(|()| std::fs::write(&owner, path));
    written.map_err(|error| Error::io(format!("write {}", owner.display()), error))
}

/// Removes the other project's build; its dependencies stay. That it fails, as it does when there is
/// nothing yet, leads to no more than a longer build.
fn forget(checkout: &Checkout, project: &Path, name: &str) {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(project);
    command.args([
        "clean",
        "--quiet",
        "--offline",
        "--package",
        name,
        "--target-dir",
    ]);
    command.arg(checkout.target_directory());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if !command.status().is_ok_and(|status| status.success()) {
        forget_by_hand(
            &checkout.target_directory().join("debug/.fingerprint"),
            name,
        );
    }
}

/// Without its fingerprints cargo builds a package anew.
fn forget_by_hand(fingerprints: &Path, name: &str) {
    let prefix = format!("{name}-");
    for entry in std::fs::read_dir(fingerprints)
        .into_iter()
        .flatten()
        .flatten()
    {
        let file_name = entry.file_name();
        let hash = file_name
            .to_str()
            .and_then(|name| name.strip_prefix(&prefix));
        if hash.is_some_and(|hash| hash.chars().all(|c| c.is_ascii_hexdigit())) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn owner_file(checkout: &Checkout, name: &str) -> PathBuf {
    checkout.target_directory().join("b2c-init").join(name)
}

fn package_name(project: &Path) -> Option<String> {
    let manifest = std::fs::read_to_string(project.join("Cargo.toml")).ok()?;
    let manifest: Table = manifest.parse().ok()?;
    manifest
        .get("package")?
        .get("name")
        .and_then(Value::as_str)
        .map(str::to_owned)
}
