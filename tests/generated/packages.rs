//! What is published is enough: the packages contain what they need, install outside of this
//! repository, and what they write builds there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use e2e::Workspace;
use libtest_mimic::Failed;

use super::{cargo_in, failed, runs, uses_tested_versions};

/// `cargo package` drops directories that have a Cargo.toml; the list of files must still have
/// every template. What only this repository runs is left out.
pub fn are_complete() -> Result<(), Failed> {
    let templates = Workspace::root().join("templates");
    let mut expected = Vec::new();
    for folder in [
        "base", "json", "site", "web-app", "api", "grpc", "bff", "deploy",
    ] {
        list(&templates.join(folder), &templates, &mut expected).map_err(failed)?;
    }
    let packaged = packaged_files("b2c-templates")?;
    let missing: Vec<_> = expected
        .iter()
        .filter(|file| !packaged.contains(file))
        .collect();
    if !missing.is_empty() {
        return Err(format!("not in the package b2c-templates: {missing:?}").into());
    }
    for (package, contents) in CONTENTS {
        let packaged = packaged_files(package)?;
        for file in EVERYWHERE.iter().chain(contents) {
            if !packaged.iter().any(|path| is_of(path, file)) {
                return Err(format!("not in the package {package}: {file}").into());
            }
        }
        let known = EVERYWHERE.iter().chain(contents).chain(&OF_CARGO);
        let surplus: Vec<_> = packaged
            .iter()
            .filter(|path| !known.clone().any(|file| is_of(path, file)))
            .collect();
        if !surplus.is_empty() {
            return Err(format!("in the package {package}, for nobody: {surplus:?}").into());
        }
    }
    Ok(())
}

/// The four packages as they would be uploaded, unpacked far from here: the generator builds from its
/// own, writes a project that names versions and no paths, and that project passes its tests with the
/// other packages in the registry's place.
pub fn install_and_scaffold() -> Result<(), Failed> {
    let outside = tempfile::tempdir().map_err(failed)?;
    let packages = unpacked(outside.path())?;

    let cli = packages.folder("cargo-b2c-init");
    let mut build = cargo_in(&cli);
    runs(build.args(packages.patches()).args(["build", "--offline"]))?;
    let generator = Workspace::target().join("debug/cargo-b2c-init");
    let installed = outside.path().join("bin-cargo-b2c-init");
    fs::copy(&generator, &installed).map_err(failed)?;

    let new = ["b2c-init", "new", "demo", "--yes"];
    runs(
        Command::new(&installed)
            .args(new)
            .current_dir(outside.path()),
    )?;
    let project = outside.path().join("demo");
    let manifest = fs::read_to_string(project.join("Cargo.toml")).map_err(failed)?;
    if manifest.contains("path =") {
        return Err(format!("the project does not use the registry:\n{manifest}").into());
    }
    let mut test = cargo_in(&project);
    runs(test.args(packages.patches()).args(["test", "--offline"]))?;
    uses_tested_versions(&project)
}

/// Packages in folders.
struct Packages {
    folder: PathBuf,
    version: String,
}

impl Packages {
    fn folder(&self, package: &str) -> PathBuf {
        self.folder.join(format!("{package}-{}", self.version))
    }

    /// In place of a registry that has them.
    fn patches(&self) -> Vec<String> {
        let patch = |package: &&str| {
            let folder = self.folder(package);
            let path = toml_string(&folder.display().to_string());
            let setting = format!("patch.crates-io.{package}.path={path}");
            ["--config".to_owned(), setting]
        };
        let libraries = ["tower-b2c", "b2c-emulator", "b2c-templates"];
        libraries.iter().flat_map(patch).collect()
    }
}

fn unpacked(outside: &Path) -> Result<Packages, Failed> {
    let target = Workspace::target().join("packages");
    let mut package = Workspace::cargo();
    package.env("CARGO_TARGET_DIR", &target).arg("package");
    for name in OURS {
        package.args(["--package", name]);
    }
    runs(package.args(["--no-verify", "--allow-dirty"]))?;

    let version = env!("CARGO_PKG_VERSION").to_owned();
    let folder = outside.join("packages");
    fs::create_dir(&folder).map_err(failed)?;
    for name in OURS {
        let archive = target.join(format!("package/{name}-{version}.crate"));
        // Windows has it, too.
        let mut tar = Command::new("tar");
        runs(tar.arg("-xzf").arg(archive).arg("-C").arg(&folder))?;
    }
    Ok(Packages { folder, version })
}

fn toml_string(text: &str) -> String {
    format!("'{text}'")
}

/// Whether this path is that file, or in that folder, which ends in `/`.
fn is_of(path: &str, file: &str) -> bool {
    path == file || (file.ends_with('/') && path.starts_with(file))
}

fn packaged_files(package: &str) -> Result<Vec<String>, Failed> {
    let output = Workspace::cargo()
        .args(["package", "--list", "--allow-dirty", "--package", package])
        .output()
        .map_err(failed)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let list = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(list.lines().map(|line| line.replace('\\', "/")).collect())
}

fn list(directory: &Path, root: &Path, files: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, root, files)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            files.push(relative.display().to_string().replace('\\', "/"));
        }
    }
    Ok(())
}

const OURS: [&str; 4] = [
    "tower-b2c",
    "b2c-emulator",
    "b2c-templates",
    "cargo-b2c-init",
];

/// What each package has besides [`EVERYWHERE`]; its README leads to the pages.
const CONTENTS: [(&str, &[&str]); 4] = [
    (
        "tower-b2c",
        &["docs/", "src/layer/page.css", "AUDIT.md", "CONFORMANCE.md"],
    ),
    (
        "b2c-emulator",
        &[
            "assets/",
            "keys/",
            "pages/layout.html",
            "pages/",
            "src/main.rs",
            "texts/",
            "openapi.json",
            "CONFORMANCE.md",
            "PARITY.md",
        ],
    ),
    (
        "b2c-templates",
        &[
            "api/", "base/", "bff/", "deploy/", "grpc/", "json/", "site/", "web-app/",
        ],
    ),
    ("cargo-b2c-init", &["src/main.rs", "tested.lock"]),
];

const EVERYWHERE: [&str; 5] = [
    "src/lib.rs",
    "src/",
    "README.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

const OF_CARGO: [&str; 4] = [
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
];
