//! The example's own command, running.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use e2e::Workspace;
use libtest_mimic::Failed;

/// `example-cluster`, and what it has told so far; ended by SIGTERM when dropped.
pub struct Cluster {
    child: Child,
    told: Arc<Mutex<Vec<String>>>,
    /// Where browsers go.
    pub url: String,
}

impl Cluster {
    /// Starts it and waits until it can be used.
    pub fn start(arguments: &[&str]) -> Result<Self, Failed> {
        let mut child = Command::new(program()?)
            .args(arguments)
            .env("RUST_LOG", "off")
            // Its instances take this over: a machine that stands still is no Redis that is away.
            .env("B2C__SESSION__REDIS__TIMEOUT_SECONDS", "10")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let told = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&told);
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                heard
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
            }
        });
        let mut cluster = Self {
            child,
            told,
            url: String::new(),
        };
        cluster.tells("open ")?;
        cluster.url = cluster.newest("open ").ok_or("no URL")?;
        Ok(cluster)
    }

    /// Types a line.
    pub fn order(&mut self, line: &str) -> Result<(), Failed> {
        let stdin = self.child.stdin.as_mut().ok_or("no standard input")?;
        Ok(writeln!(stdin, "{line}")?)
    }

    /// Waits until a line begins so, of those that it tells from now on or has told already.
    pub fn tells(&self, beginning: &str) -> Result<String, Failed> {
        self.tells_after(0, beginning)
    }

    /// Types a line and waits for an answer that begins so.
    pub fn orders(&mut self, line: &str, answer: &str) -> Result<String, Failed> {
        let before = self.told().len();
        self.order(line)?;
        self.tells_after(before, answer)
    }

    /// Everything that it has told.
    pub fn told(&self) -> Vec<String> {
        let told = self.told.lock();
        told.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The address of one instance.
    pub fn instance(&self, name: &str) -> Result<String, Failed> {
        let line = self.newest(&format!("{name} "));
        let address = line.and_then(|line| line.split_whitespace().next().map(str::to_owned));
        address.ok_or_else(|| format!("no address of {name}").into())
    }

    /// The addresses of all instances.
    pub fn instances(&self) -> Result<Vec<String>, Failed> {
        NAMES.iter().map(|name| self.instance(name)).collect()
    }

    /// The process of something that runs in the cluster.
    pub fn process(&self, name: &str) -> Result<u32, Failed> {
        let line = self.newest(&format!("{name} "));
        let process = line.and_then(|line| line.split_whitespace().last()?.parse().ok());
        process.ok_or_else(|| format!("no process of {name}").into())
    }

    /// What nginx has written about its tries.
    pub fn proxy_log(&self) -> Result<String, Failed> {
        let line = self.newest("nginx ").ok_or("no nginx")?;
        let path = line.split_whitespace().nth(2).ok_or("no log of nginx")?;
        Ok(std::fs::read_to_string(path)?)
    }

    /// Sends a signal and waits for its end.
    pub fn ends(&mut self, signal: &str) -> Result<ExitStatus, Failed> {
        send(signal, self.child.id())?;
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{signal} does not end the cluster").into());
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn tells_after(&self, skip: usize, beginning: &str) -> Result<String, Failed> {
        let begun = Instant::now();
        loop {
            let told = self.told();
            let found = told
                .iter()
                .skip(skip)
                .find(|line| line.starts_with(beginning));
            if let Some(line) = found {
                return Ok(line.clone());
            }
            if begun.elapsed() > PATIENCE {
                let told = told.join("\n");
                return Err(format!("the cluster does not tell '{beginning}…' but\n{told}").into());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn newest(&self, beginning: &str) -> Option<String> {
        let told = self.told();
        let line = told.iter().rev().find(|line| line.starts_with(beginning))?;
        Some(line[beginning.len()..].trim().to_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) && self.ends("TERM").is_err() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Sends a signal to a process.
pub fn send(signal: &str, process: u32) -> Result<(), Failed> {
    let mut kill = Command::new("sh");
    kill.args(["-c", r#"kill -s "$0" "$1""#, signal, &process.to_string()]);
    let done = kill.status()?.success();
    done.then_some(())
        .ok_or_else(|| format!("no process {process}").into())
}

/// The example's program, built once.
pub fn program() -> Result<PathBuf, Failed> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build().map_err(|error| error.to_string()));
    built.clone().map_err(Into::into)
}

fn build() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let package = ["build", "--quiet", "--package", "example-cluster"];
    if !Workspace::cargo().args(package).status()?.success() {
        return Err("the example does not build".into());
    }
    Ok(Workspace::target().join("debug/example-cluster"))
}

pub const NAMES: [&str; 3] = ["one", "two", "three"];
const PATIENCE: Duration = Duration::from_secs(120);
