//! One process of the cluster.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{ChildStdin, Command};
use tokio::sync::{mpsc, watch};

/// A running process; killed when the cluster ends before it.
#[derive(Debug)]
pub(crate) struct Process {
    id: u32,
    ended: watch::Receiver<Option<ExitStatus>>,
    /// Closed with the cluster, however that ends; the app's instances take that for a SIGTERM.
    _stdin: Option<ChildStdin>,
}

/// Tells that a process has ended.
#[derive(Debug)]
pub(crate) struct Exit {
    pub(crate) name: String,
    pub(crate) status: ExitStatus,
}

impl Process {
    /// Starts it in a process group of its own: Ctrl-C in a terminal is for the cluster, which ends
    /// its processes in their order.
    pub(crate) fn start(
        name: &str,
        command: &mut Command,
        exits: &mpsc::UnboundedSender<Exit>,
    ) -> io::Result<Self> {
        let spawned = command
            .stdin(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn();
        let mut child = spawned?;
        let id = child.id().unwrap_or_default();
        let stdin = child.stdin.take();
        let (sender, ended) = watch::channel(None);
        let (name, exits) = (name.to_owned(), exits.clone());
        tokio::spawn(async move {
            if let Ok(status) = child.wait().await {
                let _ = sender.send(Some(status));
                let _ = exits.send(Exit { name, status });
            }
        });
        Ok(Self {
            id,
            ended,
            _stdin: stdin,
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    pub(crate) fn is_running(&self) -> bool {
        self.ended.borrow().is_none()
    }

    /// Sends `TERM`, `QUIT` or `KILL`, unless it has ended: its id may be another's by then.
    pub(crate) async fn signal(&self, signal: &str) -> io::Result<()> {
        if !self.is_running() {
            return Ok(());
        }
        let mut kill = Command::new("sh");
        kill.args(["-c", r#"kill -s "$0" "$1""#, signal, &self.id.to_string()]);
        kill.stderr(Stdio::null()).status().await.map(|_| ())
    }

    /// Waits for its end.
    pub(crate) async fn wait(&self) {
        let mut ended = self.ended.clone();
        // An error means that nobody waits for it any more, as after its end.
        let _ = ended.wait_for(Option::is_some).await;
    }

    /// Ends it by a signal, and by force after ten seconds.
    pub(crate) async fn stop(&self, signal: &str) -> io::Result<()> {
        self.signal(signal).await?;
        if tokio::time::timeout(PATIENCE, self.wait()).await.is_err() {
            self.signal("KILL").await?;
            self.wait().await;
        }
        Ok(())
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
