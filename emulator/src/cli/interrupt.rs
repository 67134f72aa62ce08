//! Ctrl-C.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC, ctrl_c};

/// Ctrl-C, and where there is SIGTERM, that; remembered from when this is made, so that what comes
/// while a program is still starting counts.
#[derive(Debug)]
pub struct Interrupt {
    #[cfg(unix)]
    signals: (Signal, Signal),
    #[cfg(windows)]
    ctrl_c: CtrlC,
}

impl Interrupt {
    /// Listens from now on; needs a running tokio runtime.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            signals: (
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
            ),
        })
    }

    /// Listens from now on; needs a running tokio runtime.
    #[cfg(windows)]
    pub fn listen() -> io::Result<Self> {
        Ok(Self { ctrl_c: ctrl_c()? })
    }

    /// Resolves when somebody wants this to end.
    #[cfg(unix)]
    pub async fn wait(&mut self) {
        let (interrupt, terminate) = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }

    /// Resolves when somebody wants this to end.
    #[cfg(windows)]
    pub async fn wait(&mut self) {
        self.ctrl_c.recv().await;
    }
}
