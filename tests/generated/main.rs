//! The projects that `cargo b2c-init new` writes build without a warning and pass their own tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_b2c_init::NewProject;
use e2e::Workspace;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let tests = vec![
        Trial::test("inside_a_workspace_it_passes_its_own_tests", || {
            passes_its_own_tests(
                &Workspace::scratch("generated")
                    .map_err(failed)?
                    .join("demo"),
            )
        }),
        Trial::test("outside_any_workspace_it_passes_clippy_and_rustfmt", || {
            let directory = tempfile::tempdir().map_err(failed)?;
            is_clean(&directory.path().join("demo"))
        }),
        Trial::test("packages_contain_what_they_need", packages_are_complete),
    ];
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    libtest_mimic::run(&arguments, tests).exit();
}

fn passes_its_own_tests(project: &Path) -> Result<(), Failed> {
    write(project, "generated-tested")?;
    runs(cargo_in(project).arg("test"))
}

fn is_clean(project: &Path) -> Result<(), Failed> {
    write(project, "generated-linted")?;
    runs(cargo_in(project).args(["clippy", "--all-targets", "--", "-D", "warnings"]))?;
    runs(cargo_in(project).args(["fmt", "--check"]))
}

/// `cargo package` drops directories that have a Cargo.toml; the list of files must still have
/// every template.
fn packages_are_complete() -> Result<(), Failed> {
    let templates = Workspace::root().join("templates");
    let mut expected = Vec::new();
    list(&templates.join("web-app"), &templates, &mut expected).map_err(failed)?;
    let packaged = packaged_files("b2c-templates")?;
    let missing: Vec<_> = expected
        .iter()
        .filter(|file| !packaged.contains(file))
        .collect();
    if !missing.is_empty() {
        return Err(format!("not in the package b2c-templates: {missing:?}").into());
    }
    for (package, files) in [
        (
            "tower-b2c",
            &["README.md", "src/lib.rs", "src/layer/page.css"][..],
        ),
        (
            "b2c-emulator",
            &[
                "README.md",
                "src/lib.rs",
                "src/main.rs",
                "pages/layout.html",
            ],
        ),
        (
            "cargo-b2c-init",
            &["README.md", "src/lib.rs", "src/main.rs"],
        ),
    ] {
        let packaged = packaged_files(package)?;
        if let Some(missing) = files
            .iter()
            .find(|file| !packaged.iter().any(|path| path == *file))
        {
            return Err(format!("not in the package {package}: {missing}").into());
        }
    }
    Ok(())
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
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, root, files)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            files.push(relative.display().to_string().replace('\\', "/"));
        }
    }
    Ok(())
}

fn write(project: &Path, name: &str) -> Result<(), Failed> {
    let plan = NewProject::at(project).name(name).plan().map_err(failed)?;
    plan.write().map_err(failed)
}

/// cargo in a project with a name of its own, with the workspace's build cache.
fn cargo_in(project: &Path) -> Command {
    let mut cargo = Workspace::cargo();
    let target: PathBuf = Workspace::target();
    cargo.current_dir(project).env("CARGO_TARGET_DIR", target);
    cargo
}

fn runs(command: &mut Command) -> Result<(), Failed> {
    let output = command.output().map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(format!(
        "{command:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    )
    .into())
}

fn failed(error: impl std::fmt::Display) -> Failed {
    error.to_string().into()
}
