//! A server that a test starts and treats badly.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use redis::{Cmd, FromRedisValue, cmd};

/// Redis on a port of its own, which keeps nothing on disk.
pub struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    pub fn start() -> Result<Self, Failed> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        Self::start_at(free)
    }

    /// Kills it without a warning; what it held is gone.
    pub fn kill(&mut self) -> Result<(), Failed> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Starts it again, empty, where it was.
    pub fn restart(&mut self) -> Result<(), Failed> {
        *self = Self::start_at(self.port)?;
        Ok(())
    }

    /// It stays connected and does nothing.
    pub fn pause(&self) -> Result<(), Failed> {
        self.signal("-STOP")
    }

    pub fn go_on(&self) -> Result<(), Failed> {
        self.signal("-CONT")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many listen to what instances write.
    pub fn subscribers(&self) -> Result<usize, Failed> {
        let asked = cmd("PUBSUB").arg("NUMSUB").arg("b2c:writes").to_owned();
        Ok(self.ask::<(String, usize)>(&asked)?.1)
    }

    /// Every key with what is under it.
    pub fn dump(&self) -> Result<Vec<(String, Vec<u8>)>, Failed> {
        let keys: Vec<String> = self.ask(cmd("KEYS").arg("*"))?;
        let dumped = keys.into_iter().map(|key| {
            let bytes = self.ask(cmd("DUMP").arg(&key))?;
            Ok((key, bytes))
        });
        dumped.collect()
    }

    /// Puts back what is gone meanwhile.
    pub fn restores(&self, dump: &[(String, Vec<u8>)]) -> Result<(), Failed> {
        for (key, bytes) in dump {
            let mut restore = cmd("RESTORE");
            restore.arg(key).arg(600_000).arg(bytes).arg("REPLACE");
            self.ask::<()>(&restore)?;
        }
        Ok(())
    }

    fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failed> {
        let mut connection = redis::Client::open(self.url())?.get_connection()?;
        Ok(command.query(&mut connection)?)
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The URL, as a secret in a file.
    pub fn url_file(&self) -> Result<String, Failed> {
        let path = format!("{}/redis-{}.url", env!("CARGO_TARGET_TMPDIR"), self.port);
        std::fs::write(&path, self.url())?;
        Ok(path)
    }

    /// Speaks TLS alone, with a certificate and a key in files.
    pub fn start_with_tls(certificate: &str, key: &str) -> Result<Self, Failed> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = free.local_addr()?.port();
        drop(free);
        let tls_port = port.to_string();
        let tls = [
            "--port",
            "0",
            "--tls-port",
            &tls_port,
            "--tls-auth-clients",
            "no",
        ];
        let files = ["--tls-cert-file", certificate, "--tls-key-file", key];
        let mut command = Command::new("redis-server");
        command
            .args(tls)
            .args(files)
            .args(["--tls-ca-cert-file", certificate]);
        Self::run(command, port)
    }

    pub fn tls_url(&self) -> String {
        format!("rediss://localhost:{}", self.port)
    }

    fn start_at(port: u16) -> Result<Self, Failed> {
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string()]);
        Self::run(command, port)
    }

    fn run(mut command: Command, port: u16) -> Result<Self, Failed> {
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command.spawn()?;
        let server = Self { process, port };
        let started = Instant::now();
        while TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).is_err() {
            if started.elapsed() > Duration::from_secs(20) {
                return Err("redis-server does not listen within 20 s".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn signal(&self, signal: &str) -> Result<(), Failed> {
        let process = self.process.id().to_string();
        let done = Command::new("kill").args([signal, &process]).status()?;
        done.success()
            .then_some(())
            .ok_or_else(|| "kill has failed".into())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where a program is missing, its test is reported as ignored and says what to install; with
/// `CI=true` it runs and fails.
pub fn needs(program: &str, install: &str, trial: Trial) -> Trial {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates = std::env::split_paths(&path).map(|directory| directory.join(program));
    let found = candidates.any(|candidate: PathBuf| candidate.is_file());
    needs_found(found, program, install, trial)
}

/// The same for a program that has been looked for.
pub fn needs_found(found: bool, program: &str, install: &str, trial: Trial) -> Trial {
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    if found || in_ci {
        return trial;
    }
    trial
        .with_kind(format!("needs {program}: {install}"))
        .with_ignored_flag(true)
}

/// Waits for what comes within seconds of a server's return.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) -> Result<(), Failed> {
    let started = Instant::now();
    while !holds().await {
        if started.elapsed() > Duration::from_secs(20) {
            return Err(format!("not within 20 s: {what}").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
