//! A child process: cargo, then the app.

use std::process::{self, ChildStdout, Command, ExitStatus};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use b2c_emulator::cli::Interrupt;

use crate::error::Error;

/// A process that does not outlive this one.
pub(super) struct Child {
    process: process::Child,
}

/// Why waiting for a process is over.
pub(super) enum Ended {
    /// The process ended.
    Itself(ExitStatus),
    /// Somebody pressed Ctrl-C, and the process has been stopped.
    Interrupted,
}

impl Child {
    pub(super) fn start(mut command: Command, action: &str) -> Result<Self, Error> {
        let process = command.spawn().map_err(|error| Error::io(action, error))?;
        Ok(Self { process })
    }

    pub(super) fn take_output(&mut self) -> Option<ChildStdout> {
        self.process.stdout.take()
    }

    /// The status, once the process has ended.
    pub(super) fn status(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.process
            .try_wait()
            .map_err(|error| Error::io("wait for a process", error))
    }

    pub(super) async fn wait(&mut self) -> Result<ExitStatus, Error> {
        loop {
            if let Some(status) = self.status()? {
                return Ok(status);
            }
            sleep(POLL).await;
        }
    }

    /// Waits for the end of the process, or ends it when somebody presses Ctrl-C.
    pub(super) async fn wait_or_interrupt(
        &mut self,
        interrupt: &mut Interrupt,
    ) -> Result<Ended, Error> {
        let status = tokio::select! {
            status = self.wait() => Some(status?),
            () = interrupt.wait() => None,
        };
        if let Some(status) = status {
            return Ok(Ended::Itself(status));
        }
        self.stop().await?;
        Ok(Ended::Interrupted)
    }

    /// Asks the process to stop, and after five seconds stops it.
    ///
    /// At a terminal Ctrl-C has reached the process already; asking again does no harm.
    pub(super) async fn stop(&mut self) -> Result<(), Error> {
        self.ask_to_stop();
        let deadline = Instant::now() + PATIENCE;
        while self.status()?.is_none() {
            if Instant::now() >= deadline {
                // It may have ended just now, which is as good.
                let _ = self.process.kill();
                self.wait().await?;
                break;
            }
            sleep(POLL).await;
        }
        Ok(())
    }

    #[cfg(unix)]
    fn ask_to_stop(&self) {
        // Sending a signal takes unsafe code or a shell; the shell has it built in.
        let id = self.process.id().to_string();
        let _ = Command::new("sh")
            .args(["-c", "kill -TERM \"$1\"", "sh", &id])
            .status();
    }

    /// There is no way to ask but Ctrl-C, which has reached the process already.
    #[cfg(not(unix))]
    fn ask_to_stop(&self) {}
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Ok(None) = self.process.try_wait() {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

const POLL: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(5);
