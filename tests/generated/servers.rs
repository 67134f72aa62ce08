//! The servers that generated apps keep sessions in, one of each for all of them.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use cargo_b2c_init::Store;
use e2e::{Requirement, Workspace, browser::chromedriver, ports};
use libtest_mimic::Failed;

use crate::postgres_process as postgres;

/// What runs until [`stop`].
#[derive(Default)]
struct Servers {
    redis: Option<(Child, String)>,
    postgres: Option<(Child, PathBuf, String)>,
}

static SERVERS: Mutex<Option<Servers>> = Mutex::new(None);

/// The variable that tells an app with this store where its server is, which is started if it does not run
/// yet. Stores that have none need nothing.
pub fn variable_for(store: Option<Store>) -> Result<Option<(&'static str, String)>, Failed> {
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    let servers = servers.get_or_insert_default();
    match store {
        Some(Store::Redis) => Ok(Some(("REDIS_URL", servers.redis()?))),
        Some(Store::Postgres) => Ok(Some(("DATABASE_URL", servers.postgres()?))),
        _ => Ok(None),
    }
}

/// What a machine must have for apps with this store.
pub fn requirements(store: Option<Store>) -> Vec<Requirement> {
    match store {
        Some(Store::Redis) => vec![Requirement::program(
            "redis-server",
            "apt-get install redis-server",
        )],
        Some(Store::Postgres) => {
            let initdb = postgres::program("initdb").unwrap_or_else(|| "initdb".into());
            vec![Requirement::file(
                "PostgreSQL",
                &initdb,
                "apt-get install postgresql",
            )]
        }
        _ => Vec::new(),
    }
}

/// Ends them all.
pub fn stop() {
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(servers) = servers.take() else {
        return;
    };
    let children = servers.redis.map(|(child, _)| child);
    let database = servers.postgres.map(|(child, folder, _)| {
        let _ = std::fs::remove_dir_all(folder);
        child
    });
    for mut child in children.into_iter().chain(database) {
        let _ = child.kill();
        let _ = child.wait();
    }
    postgres::clean_up();
}

impl Servers {
    fn redis(&mut self) -> Result<String, Failed> {
        if let Some((_, url)) = &self.redis {
            return Ok(url.clone());
        }
        let port = ports::free()?;
        let child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(Workspace::scratch("generated-redis")?)
            .stdout(Stdio::null())
            .spawn()?;
        chromedriver::wait_for(port)?;
        let url = format!("redis://127.0.0.1:{port}");
        self.redis = Some((child, url.clone()));
        Ok(url)
    }

    fn postgres(&mut self) -> Result<String, Failed> {
        if let Some((_, _, url)) = &self.postgres {
            return Ok(url.clone());
        }
        let port = ports::free()?;
        let folder = postgres::folder_of(port)?;
        let child = postgres::launch(&folder, port)?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        self.postgres = Some((child, folder, url.clone()));
        Ok(url)
    }
}
