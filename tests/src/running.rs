//! `cargo b2c-init` while it runs an app and the emulator beside it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;

/// A command that goes on until Ctrl-C; with all that it has started, it is killed when dropped.
pub struct Running {
    command: Child,
    /// Kept to the end: the app logs to the same place.
    output: BufReader<ChildStdout>,
    /// What it printed until it was ready.
    pub printed: String,
}

impl Running {
    /// Starts it, and waits until it says how it is stopped.
    pub fn start(command: &mut Command) -> Result<Self, Failed> {
        let mut command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // A group of its own, as a terminal's foreground job has.
            .process_group(0)
            .spawn()?;
        let output = command.stdout.take().ok_or("no output")?;
        let mut running = Self {
            command,
            output: BufReader::new(output),
            printed: String::new(),
        };
        let too_long = running.killed_after(PATIENCE);
        for line in running.output.by_ref().lines() {
            let line = line?;
            running.printed.push_str(&line);
            running.printed.push('\n');
            if line.contains("Ctrl-C") {
                drop(too_long);
                return Ok(running);
            }
        }
        Err(format!("it ended before it was ready:\n{}", running.printed).into())
    }

    /// Presses Ctrl-C and waits for a clean end.
    pub fn interrupt(mut self) -> Result<(), Failed> {
        self.signal("-INT")?;
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            match self.command.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("after Ctrl-C: {status}").into()),
                None if Instant::now() > deadline => {
                    return Err("Ctrl-C did not stop the command".into());
                }
                None => thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Ends it, and so what is read of it, unless the result is dropped before.
    fn killed_after(&self, patience: Duration) -> Sender<()> {
        let (in_time, over) = mpsc::channel();
        let id = self.command.id();
        thread::spawn(move || {
            if over.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                let _ = signal(id, "-KILL");
            }
        });
        in_time
    }

    fn signal(&self, name: &str) -> Result<(), Failed> {
        signal(self.command.id(), name)
    }
}

/// Tells the command and all that it has started.
fn signal(id: u32, name: &str) -> Result<(), Failed> {
    let group = format!("-{id}");
    let kill = Command::new("kill").args([name, "--", &group]).status();
    kill.map(|_| ()).map_err(Failed::from)
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.command.try_wait(), Ok(None)) {
            let _ = self.signal("-KILL");
            let _ = self.command.wait();
        }
    }
}

/// It builds the command and the app first, on a machine that does other things as well.
const PATIENCE: Duration = Duration::from_secs(900);
