//! A server in a process of its own.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::process::Process;
use super::scene::Scene;
use crate::error::Failure;

/// Which program serves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Binary {
    /// This one.
    Plain,
    /// The one with an allocator that counts.
    Counting,
}

/// A server; ended when dropped.
pub struct Child {
    process: tokio::process::Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Child {
    /// Starts the server of a row and waits until it listens. It has the second CPU for itself, if
    /// there are two and `taskset` is installed.
    ///
    /// # Errors
    ///
    /// When it does not listen within half a minute; what it said about why.
    pub async fn start(binary: Binary, row: &str, scene: &Scene) -> Result<Self, Failure> {
        let program = binary.path()?;
        let several = std::thread::available_parallelism().is_ok_and(|cpus| cpus.get() > 1);
        let mut command = if several && super::load::can_pin() {
            let mut command = Command::new("taskset");
            command.args(["--cpu-list", SERVER_CPU]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let (name, value) = scene.to_variable();
        command.args(["server", row]).env(name, value);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().map_err(Failure::during("a server"))?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let (Some(input), Some(output)) = (input, output) else {
            return Err(Failure::new("a server has no standard streams"));
        };
        let mut child = Self {
            process,
            input,
            output: BufReader::new(output).lines(),
        };
        match timeout(START, child.output.next_line()).await {
            Ok(Ok(Some(line))) if line == "ready" => Ok(child),
            Err(_) => Err(Failure::new(format!("does not listen within {START:?}"))),
            Ok(_) => Err(Failure::new(child.last_words().await)),
        }
    }

    /// Its process, for the kernel's accounting.
    pub fn process(&self) -> Process {
        // It is waited for only when it has ended, so it has an identifier.
        Process(self.process.id().unwrap_or_default())
    }

    /// How many times it has allocated or grown memory so far, and how many bytes it holds; nothing
    /// but [`Binary::Counting`] knows.
    ///
    /// # Errors
    ///
    /// When it has ended.
    pub async fn allocations(&mut self) -> Result<(u64, i64), Failure> {
        let asked = self.input.write_all(b"allocations\n").await;
        asked.map_err(Failure::during("asking the server"))?;
        let line = self.output.next_line().await;
        let line = line.map_err(Failure::during("asking the server"))?;
        let counts = line.and_then(|line| {
            let (count, held) = line.split_once(' ')?;
            Some((count.parse().ok()?, held.parse().ok()?))
        });
        counts.ok_or_else(|| Failure::new("the server does not tell its allocations"))
    }

    async fn last_words(&mut self) -> String {
        use tokio::io::AsyncReadExt as _;
        let mut text = String::new();
        if let Some(mut errors) = self.process.stderr.take() {
            let _ = timeout(START, errors.read_to_string(&mut text)).await;
        }
        let text = text.trim();
        if text.is_empty() {
            "the server ended without a word".to_owned()
        } else {
            text.to_owned()
        }
    }
}

impl Binary {
    fn path(self) -> Result<PathBuf, Failure> {
        let own = std::env::current_exe().map_err(Failure::during("own program"))?;
        Ok(match self {
            Self::Plain => own,
            Self::Counting => own.with_file_name("counting-server"),
        })
    }

    /// Builds it, if cargo would not have done so by itself.
    ///
    /// # Errors
    ///
    /// When cargo cannot be started or fails.
    pub async fn build(self) -> Result<(), Failure> {
        if self == Self::Plain {
            return Ok(());
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let mut command = Command::new(cargo);
        command.args(["build", "--quiet", "--release", "--bin", "counting-server"]);
        command.args(["--locked", "--manifest-path", manifest]);
        if !cfg!(feature = "postgres") {
            command.arg("--no-default-features");
        }
        let status = command.status().await;
        let status = status.map_err(Failure::during("cargo build"))?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new("cargo build of counting-server failed"))
        }
    }
}

const START: Duration = Duration::from_secs(30);
/// The harness, its load and the stores have the first.
const SERVER_CPU: &str = "1";
