//! A generated project, and the program run in it.

#![allow(dead_code, reason = "each test file uses what it needs")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use cargo_b2c_init::NewProject;
use cargo_b2c_init::Template;
use serde_json::Value;
use tempfile::TempDir;

/// A project in a directory that goes away with it.
pub(crate) struct Demo {
    sandbox: TempDir,
    root: PathBuf,
}

impl Demo {
    pub(crate) fn new() -> Self {
        Self::named("demo")
    }

    /// A project in a directory of this name.
    pub(crate) fn named(name: impl AsRef<OsStr>) -> Self {
        Self::made(name.as_ref(), |project| project)
    }

    /// A project of another template.
    pub(crate) fn of(template: Template) -> Self {
        Self::made("demo".as_ref(), |project| project.template(template))
    }

    /// A project with answers of its own.
    pub(crate) fn with(answer: impl FnOnce(NewProject) -> NewProject) -> Self {
        Self::made("demo".as_ref(), answer)
    }

    fn made(name: &OsStr, answer: impl FnOnce(NewProject) -> NewProject) -> Self {
        let sandbox = tempfile::tempdir().expect("a directory");
        let root = sandbox.path().join(name);
        let project = NewProject::at(&root).name("demo").checkout(None);
        let plan = answer(project).plan();
        plan.and_then(|plan| plan.write()).expect("written");
        Self { sandbox, root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The directory around the project.
    pub(crate) fn outside(&self) -> &Path {
        self.sandbox.path()
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).expect("readable")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path), text).expect("written");
    }

    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{from} is not in {path}");
        self.write(path, &text.replacen(from, to, 1));
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).expect("removed");
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// Every file but the journals, with its bytes.
    pub(crate) fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        tree(&self.root)
    }

    /// Runs the program in the project.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, "")
    }

    /// Runs the program in the project, with something on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        run_from(&self.root, arguments, input)
    }

    pub(crate) fn succeeds(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }

    /// The JSON document that the program writes.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_slice(&self.run(arguments).stdout).expect("JSON")
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.arg("-C")
            .arg(&self.root)
            .args(["-c", "user.name=a", "-c", "user.email=a@b.c"]);
        assert!(
            git.args(arguments)
                .output()
                .expect("git runs")
                .status
                .success()
        );
    }
}

/// Runs the program in a directory, with something on standard input.
pub(crate) fn run_from(directory: &Path, arguments: &[&str], input: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    program
        .arg("b2c-init")
        .args(arguments)
        .current_dir(directory);
    program.env_remove("B2C_PROFILE");
    program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = program.spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    // Whoever wants no input has gone by now.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

pub(crate) fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![root.to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).expect("a directory").flatten() {
            let path = entry.path();
            if path.ends_with(".b2c/undo") || path.ends_with(".git") {
                continue;
            }
            if path.is_dir() {
                pending.push(path);
            } else {
                found.insert(path.clone(), fs::read(path).expect("readable"));
            }
        }
    }
    found
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
