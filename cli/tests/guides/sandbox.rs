//! Where the commands of a page are run.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::process::Command;

use tempfile::TempDir;

/// A directory that goes away with it.
pub(crate) struct Sandbox(TempDir);

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.0.path().join(path), text).expect("written");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join(path)).expect("a file")
    }

    /// Runs the commands of a transcript, and returns it with what they say: both streams in the order
    /// in which they are written to, behind `? 1` the exit code if there is one.
    pub(crate) fn run(&self, transcript: &str) -> String {
        let mut said = String::new();
        let commands = transcript
            .lines()
            .filter_map(|line| line.strip_prefix("$ "));
        for command in commands {
            let (code, output) = self.one(command);
            if said
                .lines()
                .last()
                .is_some_and(|line| !line.starts_with("$ "))
            {
                said.push('\n');
            }
            let _ = writeln!(said, "$ {command}");
            if code != 0 {
                let _ = writeln!(said, "? {code}");
            }
            said.push_str(&output);
        }
        said
    }

    fn one(&self, command: &str) -> (i32, String) {
        let mut words = command.split(' ');
        assert_eq!(words.next(), Some("cargo"), "{command}");
        let path = self.0.path().join(".said");
        let output = File::create(&path).expect("a file");
        let status = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"))
            .args(words)
            .current_dir(self.0.path())
            .env("COLUMNS", "100")
            .stdout(output.try_clone().expect("another handle"))
            .stderr(output)
            .status();
        let code = status.expect("it ran").code().unwrap_or(-1);
        (code, fs::read_to_string(path).expect("what it said"))
    }
}
