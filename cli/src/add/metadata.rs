//! What cargo says of the packages in a directory.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::Error;

/// The packages of a workspace, or the one of a directory.
pub(super) struct Metadata {
    pub(super) root: PathBuf,
    pub(super) packages: Vec<Package>,
}

/// One package.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) manifest: PathBuf,
    pub(super) edition: String,
    /// The programs, each with the file that it starts in.
    pub(super) programs: Vec<(String, PathBuf)>,
    /// The library, with the file that it starts in.
    pub(super) library: Option<(String, PathBuf)>,
    /// Name and version requirement of what it depends on, `("axum", "^0.8.9")`.
    pub(super) dependencies: Vec<(String, String)>,
}

impl Metadata {
    /// Asks cargo, which needs no network for it.
    ///
    /// # Errors
    ///
    /// There is no manifest, or cargo finds a mistake in it.
    pub(super) fn read(directory: &Path) -> Result<Self, Error> {
        let mut command = Command::new(cargo());
        command.current_dir(directory).stdin(Stdio::null());
        command.args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ]);
        let output = command.output();
        let output = output.map_err(|error| Error::io("start cargo", error))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Error::refused(
                said.trim().trim_start_matches("error: ").to_owned(),
                "correct the manifest, or name the crate's directory with -C",
            ));
        }
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        Self::parse(&document).ok_or_else(|| {
            let error = std::io::Error::other("it is not what `cargo metadata` says");
            Error::io("read what cargo says", error)
        })
    }

    fn parse(document: &Value) -> Option<Self> {
        let packages = document.get("packages")?.as_array()?.iter();
        Some(Self {
            root: text(document, "workspace_root")?.into(),
            packages: packages.map(package).collect::<Option<_>>()?,
        })
    }
}

/// The cargo that this was called by, or the one on the path.
pub(super) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn package(value: &Value) -> Option<Package> {
    let targets = value.get("targets")?.as_array()?.iter();
    let is_of = |target: &Value, wanted: &[&str]| {
        let kinds = target.get("kind").and_then(Value::as_array);
        let mut kinds = kinds.into_iter().flatten().filter_map(Value::as_str);
        kinds.any(|kind| wanted.contains(&kind))
    };
    let library = targets
        .clone()
        .find(|target| is_of(target, &["lib", "rlib"]));
    let programs = targets.filter(|target| is_of(target, &["bin"]));
    let program = |target: &Value| Some((text(target, "name")?, text(target, "src_path")?.into()));
    let dependencies = value.get("dependencies")?.as_array()?.iter();
    // Those of tests and build scripts have a kind.
    let of_the_crate = dependencies.filter(|found| found.get("kind").is_none_or(Value::is_null));
    let dependency = |found: &Value| Some((text(found, "name")?, text(found, "req")?));
    Some(Package {
        name: text(value, "name")?,
        manifest: text(value, "manifest_path")?.into(),
        edition: text(value, "edition")?,
        library: library.and_then(program),
        programs: programs.map(program).collect::<Option<_>>()?,
        dependencies: of_the_crate.map(dependency).collect::<Option<_>>()?,
    })
}

fn text(value: &Value, key: &str) -> Option<String> {
    Some(value.get(key)?.as_str()?.to_owned())
}
