//! Somebody else's provider, certified.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use serde_json::Value;

use crate::{Requirement, Workspace};

/// npm's oidc-provider in a process of its own; killed when dropped.
#[derive(Debug)]
pub struct OidcProvider {
    child: Child,
    issuer: String,
    told: Arc<Mutex<Vec<String>>>,
}

impl OidcProvider {
    /// What the machine has to have.
    pub fn needs() -> [Requirement; 2] {
        let manifest = installed().join("node_modules/oidc-provider/package.json");
        [
            Requirement::program("node", "apt-get install nodejs npm (version 20 or newer)"),
            Requirement::file("oidc-provider", &manifest, INSTALL),
        ]
    }

    /// Starts it on this port with these clients and this difference from its defaults, and waits
    /// until it listens.
    pub fn start(port: u16, clients: &Value, configuration: &Value) -> Result<Self, Failed> {
        // Modules are looked for beside the script.
        let script = installed().join("interop.mjs");
        let source = Workspace::root().join("tests/interop/oidc_provider/server.mjs");
        fs::copy(source, &script)?;
        let arguments = serde_json::json!({
            "port": port,
            "clients": clients,
            "configuration": configuration,
        });
        let mut child = Command::new("node")
            .arg(script)
            .arg(arguments.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let told = Arc::<Mutex<Vec<String>>>::default();
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err("the provider has no pipes".into());
        };
        listen(stdout, &told);
        listen(stderr, &told);
        let provider = Self {
            child,
            issuer: format!("http://localhost:{port}"),
            told,
        };
        provider.tells("ready", 1)?;
        Ok(provider)
    }

    /// Its issuer, which is its address.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Waits until it has told this so many times, and fails unless it does.
    ///
    /// A line is an event, or a request as route, status, grant type or response mode, and how the
    /// client proved itself.
    pub fn tells(&self, beginning: &str, times: usize) -> Result<(), Failed> {
        let started = Instant::now();
        loop {
            let found = self.count(beginning);
            if found == times {
                return Ok(());
            }
            if found > times || started.elapsed() > PATIENCE {
                let told = self.told().join("\n");
                return Err(
                    format!("'{beginning}' {found} times, not {times}, in:\n{told}").into(),
                );
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything that it told.
    pub fn told(&self) -> Vec<String> {
        let told = self.told.lock();
        told.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, beginning: &str) -> usize {
        let told = self.told();
        told.iter()
            .filter(|line| line.starts_with(beginning))
            .count()
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps what is written to a pipe.
fn listen(pipe: impl Read + Send + 'static, told: &Arc<Mutex<Vec<String>>>) {
    let told = Arc::clone(told);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            told.push(line);
        }
    });
}

fn installed() -> PathBuf {
    Workspace::target().join("tools/oidc-provider")
}

/// For the start and for what it does of its own accord.
const PATIENCE: Duration = Duration::from_secs(60);
const INSTALL: &str = "mkdir -p target/tools/oidc-provider && cp emulator/benches/oidc-provider/package*.json target/tools/oidc-provider/ && npm ci --prefix target/tools/oidc-provider";
