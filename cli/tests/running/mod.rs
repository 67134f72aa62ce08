//! A project that `run` has started beside the emulator.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// It does not outlive its test.
pub(crate) struct Running(Child);

impl Running {
    /// Builds the project and waits until it answers.
    pub(crate) fn start(project: &Path, target: &Path) -> Self {
        let mut run = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
        run.args(["b2c-init", "run", "--offline"])
            .current_dir(project);
        run.env("CARGO_TARGET_DIR", target)
            .env_remove("B2C_PROFILE");
        let mut run = Self(run.stdout(Stdio::piped()).spawn().expect("it runs"));
        let output = run.0.stdout.take().expect("piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let told = lines.find(|line| line.contains("Ctrl-C"));
        assert!(told.is_some(), "it ended early");
        run
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Asked first, so that it ends the app as well.
        let interrupt = format!("kill -INT {}", self.0.id());
        let _ = Command::new("sh").args(["-c", &interrupt]).status();
        let _ = self.0.wait();
    }
}
