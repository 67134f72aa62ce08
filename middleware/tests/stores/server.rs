//! A server that a test starts and treats badly.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use redis::{Cmd, FromRedisValue, cmd};

use crate::certificates::{Issued, Shown};

/// Redis on a port of its own, which keeps nothing on disk.
pub struct Redis {
    process: Child,
    port: u16,
    tls_port: Option<u16>,
    more: Vec<String>,
    password: Option<&'static str>,
}

impl Redis {
    pub fn start() -> Result<Self, Failed> {
        Self::start_with([])
    }

    /// With further settings, as its command line has them.
    pub fn start_with<'a>(more: impl IntoIterator<Item = &'a str>) -> Result<Self, Failed> {
        let port = loopback::free_port();
        let more = more.into_iter().map(str::to_owned).collect();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string()]);
        Self::run(command, port, more)
    }

    /// The same, for those who speak TLS if it is to show a certificate; other servers then do. The port
    /// in the clear is the test's.
    pub fn start_over<'a>(
        tls: Option<&Shown>,
        more: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Failed> {
        let Some(shown) = tls else {
            return Self::start_with(more);
        };
        let port = loopback::free_port();
        let settings = settings(port, shown).map(|(name, value)| [format!("--{name}"), value]);
        let own = settings.as_flattened().iter().map(String::as_str);
        let mut all: Vec<&str> = more.into_iter().collect();
        all.extend(own);
        let mut server = Self::start_with(all)?;
        server.tls_port = Some(port);
        Ok(server)
    }

    /// One that watches over others: a configuration file, which it rewrites.
    pub fn sentinel(tls: Option<&Shown>, watch: &str) -> Result<Self, Failed> {
        let port = loopback::free_port();
        let mut text = format!("port {port}\nbind 127.0.0.1\n{watch}");
        let tls_port = tls.map(|_| loopback::free_port());
        if let (Some(port), Some(shown)) = (tls_port, tls) {
            let lines = settings(port, shown).map(|(name, value)| format!("{name} {value}\n"));
            text.push_str(&lines.concat());
        }
        let path = format!("{}/sentinel-{port}.conf", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&path, text)?;
        let mut command = Command::new("redis-server");
        command.args([&path, "--sentinel"]);
        let mut sentinel = Self::spawn(command, port, Vec::new())?;
        sentinel.tls_port = tls_port;
        Ok(sentinel)
    }

    /// What the test asks it with.
    pub fn password(mut self, password: &'static str) -> Self {
        self.password = Some(password);
        self
    }

    /// Kills it without a warning; what it held is gone.
    pub fn kill(&mut self) -> Result<(), Failed> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Starts it again, empty, where it was.
    pub fn restart(&mut self) -> Result<(), Failed> {
        let mut command = Command::new("redis-server");
        command.args(["--port", &self.port.to_string()]);
        let (password, tls_port) = (self.password, self.tls_port);
        *self = Self::run(command, self.port, std::mem::take(&mut self.more))?;
        self.password = password;
        self.tls_port = tls_port;
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

    pub fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failed> {
        ask(self.port, self.password, command)
    }

    /// By name where it shows a certificate.
    pub fn url(&self) -> String {
        match self.tls_port {
            Some(port) => format!("rediss://localhost:{port}"),
            None => format!("redis://127.0.0.1:{}", self.port),
        }
    }

    /// Where other servers reach it.
    pub fn peer_port(&self) -> u16 {
        self.tls_port.unwrap_or(self.port)
    }

    /// What a cluster knows it by.
    pub fn id(&self) -> Result<String, Failed> {
        self.ask(cmd("CLUSTER").arg("MYID"))
    }

    /// One word of what it says about itself (`INFO`).
    pub fn info(&self, word: &str) -> Result<String, Failed> {
        let info: String = self.ask(&cmd("INFO"))?;
        let lines = info.lines().filter_map(|line| line.split_once(':'));
        let mut found = lines.filter(|(name, _)| *name == word);
        Ok(found
            .next()
            .map_or_else(String::new, |(_, value)| value.to_owned()))
    }

    /// The URL, as a secret in a file.
    pub fn url_file(&self) -> Result<String, Failed> {
        let path = format!("{}/redis-{}.url", env!("CARGO_TARGET_TMPDIR"), self.port);
        std::fs::write(&path, self.url())?;
        Ok(path)
    }

    /// Connections that are opened from now on are shown another certificate.
    pub fn shows(&self, issued: &Issued) -> Result<(), Failed> {
        let mut set = cmd("CONFIG");
        set.arg("SET");
        set.arg("tls-cert-file").arg(&issued.certificate);
        self.ask(set.arg("tls-key-file").arg(&issued.key))
    }

    fn run(mut command: Command, port: u16, more: Vec<String>) -> Result<Self, Failed> {
        // A replica keeps what it was sent in a file.
        let directory = format!("{}/redis-{port}", env!("CARGO_TARGET_TMPDIR"));
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory)?;
        command.args(["--bind", "127.0.0.1", "--dir", &directory]);
        command.args(["--save", "", "--appendonly", "no"]);
        command.args(&more);
        Self::spawn(command, port, more)
    }

    fn spawn(mut command: Command, port: u16, more: Vec<String>) -> Result<Self, Failed> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command.spawn()?;
        let server = Self {
            process,
            port,
            tls_port: None,
            more,
            password: None,
        };
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

/// Settings for TLS on this port, in which the server also speaks to others.
fn settings(port: u16, shown: &Shown) -> [(&'static str, String); 7] {
    [
        ("tls-port", port.to_string()),
        ("tls-auth-clients", "no".to_owned()),
        ("tls-replication", "yes".to_owned()),
        ("tls-cluster", "yes".to_owned()),
        ("tls-cert-file", shown.right.certificate.clone()),
        ("tls-key-file", shown.right.key.clone()),
        ("tls-ca-cert-file", shown.authority.clone()),
    ]
}

/// Asks the server at this port, anew where the connection is cut meanwhile: each of the Sentinels cuts off
/// whoever is connected to a server whose role it changes.
pub fn ask<T: FromRedisValue>(
    port: u16,
    password: Option<&str>,
    command: &Cmd,
) -> Result<T, Failed> {
    let user = password.map_or_else(String::new, |password| format!(":{password}@"));
    let client = redis::Client::open(format!("redis://{user}127.0.0.1:{port}"))?;
    let patience = Duration::from_secs(5);
    let once = || {
        let mut connection = client.get_connection_with_timeout(patience)?;
        connection.set_read_timeout(Some(patience))?;
        command.query(&mut connection)
    };
    let mut answer = once();
    for _ in 0..5 {
        match &answer {
            Err(error) if error.is_connection_dropped() => {
                std::thread::sleep(Duration::from_millis(50));
                answer = once();
            }
            _ => break,
        }
    }
    Ok(answer?)
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

/// Of stores that have nothing to prove about time, on a machine that has more to do.
pub const PATIENT: Duration = Duration::from_secs(10);

/// Within which a store that is away is told of, on a machine that has more to do: the layer's own limit is
/// a second.
pub const TOLD_WITHIN: Duration = Duration::from_secs(5);

/// Within which an answer comes that asks no store: before the layer's limit for one is over.
pub const FROM_MEMORY: Duration = Duration::from_millis(900);

/// Waits for what comes within seconds of a server's return.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) -> Result<(), Failed> {
    let started = Instant::now();
    while !holds().await {
        if started.elapsed() > Duration::from_secs(90) {
            return Err(format!("not within 90 s: {what}").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
