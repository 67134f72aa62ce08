//! A generated app in a process of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use e2e::Workspace;
use libtest_mimic::Failed;

/// A running app; killed when dropped.
pub struct Process {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Process {
    /// Starts the project, which has been built, at this address and with these variables.
    pub fn start(project: &Path, url: &str, variables: &[(&str, &str)]) -> Result<Self, Failed> {
        let name = project.file_name().ok_or("no name")?;
        let program = Workspace::target().join("debug").join(name);
        let port = url.rsplit(':').next().unwrap_or_default();
        let log = Workspace::target().join(format!("{}.{port}.log", name.display()));
        let child = Command::new(program)
            .current_dir(project)
            .env("B2C__APP__BASE_URL", url)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let url = url.to_owned();
        Ok(Self { child, url, log })
    }

    /// Waits until the readiness probe is answered with this status, and gives what it says.
    pub async fn probe_says(&self, status: u16, within: Duration) -> Result<String, Failed> {
        let url = format!("{}/health/ready", self.url);
        // As probes do: a connection each.
        let http = reqwest::Client::builder().pool_max_idle_per_host(0);
        let http = http.build()?;
        let begun = Instant::now();
        while begun.elapsed() < within {
            if let Ok(answer) = http.get(&url).send().await
                && answer.status() == status
            {
                return Ok(answer.text().await?);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("the probe never said {status}: {}", self.log()).into())
    }

    /// Sends it a signal: `TERM`, `HUP`.
    pub fn is_sent(&self, signal: &str) -> Result<(), Failed> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status()?;
        if sent.success() {
            return Ok(());
        }
        Err(format!("kill -s {signal}: {sent}").into())
    }

    /// Waits until it has ended.
    pub async fn ends(&mut self, within: Duration) -> Result<ExitStatus, Failed> {
        let begun = Instant::now();
        while begun.elapsed() < within {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("it goes on: {}", self.log()).into())
    }

    /// What it has written so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.log);
    }
}

/// Waits until something is so.
pub async fn until(so: impl Fn() -> bool) -> Result<(), Failed> {
    let begun = Instant::now();
    while begun.elapsed() < SOON {
        if so() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err("it never came to that".into())
}

/// How soon an app answers a probe, and does what it was told to.
pub const SOON: Duration = Duration::from_secs(60);
