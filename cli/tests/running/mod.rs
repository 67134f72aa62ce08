//! A project that `run` has started beside the emulator.

use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// It does not outlive its test.
pub(crate) struct Running {
    process: Child,
    /// Kept to the end: the command and the app have more to say.
    output: BufReader<ChildStdout>,
}

impl Running {
    /// Builds the project and waits until it answers.
    pub(crate) fn start(project: &Path, target: &Path) -> Self {
        let mut run = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
        run.args(["b2c-init", "run", "--offline"])
            .current_dir(project);
        run.env("CARGO_TARGET_DIR", target)
            .env_remove("B2C_PROFILE");
        let mut process = run.stdout(Stdio::piped()).spawn().expect("it runs");
        let output = process.stdout.take().expect("piped");
        let mut run = Self {
            process,
            output: BufReader::new(output),
        };
        let mut lines = run.output.by_ref().lines().map_while(Result::ok);
        let told = lines.find(|line| line.contains("Ctrl-C"));
        assert!(told.is_some(), "it ended early");
        run
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Asked first, so that it ends the app as well.
        let interrupt = format!("kill -INT {}", self.process.id());
        let _ = Command::new("sh").args(["-c", &interrupt]).status();
        let _ = self.process.wait();
    }
}
