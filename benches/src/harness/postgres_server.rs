//! A PostgreSQL of a row's own.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::scene::free_port;
use crate::error::Failure;

/// PostgreSQL on a port and in a folder of its own; ended and removed when dropped.
pub struct PostgresServer {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl PostgresServer {
    /// Makes a database and starts `postgres` on it. Nothing is synced to disk.
    ///
    /// # Errors
    ///
    /// When it is not installed, or does not answer.
    pub fn start() -> Result<Self, Failure> {
        let port = free_port()?;
        let folder = std::env::temp_dir().join(format!("bench-peers-postgres-{port}"));
        std::fs::create_dir_all(&folder).map_err(Failure::during("PostgreSQL's folder"))?;
        if is_root() {
            run(Command::new("chown").arg(NOBODY).arg(&folder))?;
        }
        let mut initdb = unprivileged("initdb")?;
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "-D",
        ]);
        run(initdb.arg(&folder))?;
        let mut server = unprivileged("postgres")?;
        server.arg("-D").arg(&folder);
        server.args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", "", "-F"]);
        server
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = server.spawn().map_err(Failure::during("postgres"))?;
        let started = Self {
            process,
            folder,
            port,
        };
        let began = Instant::now();
        while started.transactions().is_err() {
            if began.elapsed() > START {
                return Err(Failure::new(format!(
                    "PostgreSQL does not answer within {START:?}"
                )));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(started)
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// How many transactions it has ended, but for the questions about that. A statement outside of one
    /// is one. PostgreSQL tells of those of a connection within a second.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub fn transactions(&self) -> Result<u64, Failure> {
        let mut psql = Command::new(program("psql")?);
        psql.args([
            "-h",
            "127.0.0.1",
            "-p",
            &self.port.to_string(),
            "-U",
            "postgres",
            "-Atc",
        ]);
        psql.arg(
            "SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database WHERE datname = 'postgres'",
        );
        let output = psql.output().map_err(Failure::during("psql"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.trim().parse().map_err(Failure::during("psql"))
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // SIGQUIT ends it at once, with its children.
        let id = self.process.id().to_string();
        let _ = Command::new("kill").args(["-QUIT", &id]).status();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Debian has the server's programs beside the path.
fn program(name: &str) -> Result<PathBuf, Failure> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let debian = debian.flatten().map(|version| version.path().join("bin"));
    let mut places = std::env::split_paths(&path).chain(debian);
    let found = places.find_map(|place| Some(place.join(name)).filter(|file| file.is_file()));
    found.ok_or_else(|| Failure::new(format!("{name} is missing (apt-get install postgresql)")))
}

/// PostgreSQL refuses to run as root.
fn unprivileged(name: &str) -> Result<Command, Failure> {
    let program = program(name)?;
    if !is_root() {
        return Ok(Command::new(program));
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"]);
    command.arg(program);
    Ok(command)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let output = command.output().map_err(Failure::during("PostgreSQL"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Failure::new(String::from_utf8_lossy(&output.stderr)))
}

const NOBODY: &str = "65534";
const START: Duration = Duration::from_secs(20);
