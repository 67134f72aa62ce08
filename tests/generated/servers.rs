//! The servers that generated apps keep sessions in, one of each for all of them.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use cargo_b2c_init::Store;
use e2e::{Requirement, Workspace};
use libtest_mimic::Failed;

use crate::postgres_process as postgres;

/// What runs until [`stop`].
struct Servers {
    redis: Option<Server>,
    postgres: Option<Server>,
}

static SERVERS: Mutex<Servers> = Mutex::new(Servers {
    redis: None,
    postgres: None,
});

/// The variable that tells an app with this store where its server is, which is started if it does not run
/// yet. Stores that have none need nothing.
pub fn variable_for(store: Option<Store>) -> Result<Option<(&'static str, String)>, Failed> {
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    let (name, place, start) = match store {
        Some(Store::Redis) => ("REDIS_URL", &mut servers.redis, redis as Start),
        Some(Store::Postgres) => ("DATABASE_URL", &mut servers.postgres, postgresql as Start),
        _ => return Ok(None),
    };
    let server = match place {
        Some(server) => server,
        None => place.insert(start()?),
    };
    Ok(Some((name, server.url.clone())))
}

/// The variable by which an app with this store waits for it longer than the default of a second: builds
/// that go on beside it keep disks busy.
pub fn patience_of(store: Option<Store>) -> Option<(&'static str, &'static str)> {
    let name = match store? {
        Store::Postgres => "B2C__SESSION__POSTGRES__TIMEOUT_SECONDS",
        Store::Redis => "B2C__SESSION__REDIS__TIMEOUT_SECONDS",
        Store::Sqlite => "B2C__SESSION__SQLITE__TIMEOUT_SECONDS",
        Store::Cookie | Store::Memory => return None,
    };
    Some((name, "15"))
}

/// What a machine must have for apps with this store.
pub fn requirements(store: Option<Store>) -> Vec<Requirement> {
    match store {
        Some(Store::Redis) => vec![Requirement::program(
            "redis-server",
            "apt-get install redis-server",
        )],
        Some(Store::Postgres) => ["initdb", "postgres", "pg_isready"]
            .map(|name| {
                let program = postgres::program(name).unwrap_or_else(|| name.into());
                Requirement::file("PostgreSQL", &program, "apt-get install postgresql")
            })
            .to_vec(),
        _ => Vec::new(),
    }
}

/// Ends them all.
pub fn stop() {
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    servers.redis = None;
    servers.postgres = None;
    postgres::clean_up();
}

type Start = fn() -> Result<Server, Failed>;

/// A server and the folder that it leaves.
struct Server {
    process: Child,
    url: String,
    folder: PathBuf,
    /// Ends it at once and in order, its own processes as well.
    ended_by: &'static str,
}

impl Drop for Server {
    fn drop(&mut self) {
        let id = self.process.id().to_string();
        let kill = ["-s", self.ended_by, &id];
        let _ = Command::new("kill").args(kill).status();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn redis() -> Result<Server, Failed> {
    let port = loopback::free_port();
    let folder = Workspace::scratch("generated-redis")?;
    let process = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(&folder)
        .stdout(Stdio::null())
        .spawn()?;
    let server = Server {
        process,
        url: format!("redis://127.0.0.1:{port}"),
        folder,
        ended_by: "TERM",
    };
    loopback::wait_for(port)?;
    Ok(server)
}

fn postgresql() -> Result<Server, Failed> {
    let port = loopback::free_port();
    let folder = postgres::folder_of(port)?;
    let server = Server {
        process: postgres::spawn(&folder, port)?,
        url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        folder,
        ended_by: "QUIT",
    };
    postgres::is_ready(port)?;
    Ok(server)
}
