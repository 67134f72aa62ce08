//! A sandbox with a project in it, and what the program says there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_b2c_init::NewProject;
use tempfile::TempDir;

/// The published samples, with values of nobody's.
pub(crate) fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/import.in")
}

pub(crate) struct Sandbox(TempDir);

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    /// A sandbox with a generated project, `demo`.
    pub(crate) fn with_project() -> Self {
        let sandbox = Self::new();
        let plan = NewProject::at(sandbox.path("demo")).plan();
        plan.and_then(|plan| plan.write()).expect("written");
        sandbox
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(path), bytes).expect("written");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("read")
    }

    /// `cargo b2c-init import …` here. A variable of this process is set, which nothing may use.
    pub(crate) fn import(&self, arguments: &[&str]) -> Ended {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"))
            .args(["b2c-init", "import"])
            .args(arguments)
            .current_dir(self.0.path())
            .env("CLIENT_SECRET", "of-this-process")
            .output()
            .expect("the program runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ended {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .arg("-C")
            .arg(self.0.path())
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"])
            .args(arguments)
            .output()
            .expect("git runs")
            .status;
        assert!(status.success(), "git {arguments:?}");
    }
}

impl Ended {
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}
