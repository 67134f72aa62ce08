//! PostgreSQL that a test starts and treats badly.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use libtest_mimic::Failed;
use sqlx::postgres::PgRow;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::certificates::Issued;
use crate::postgres_process::{folder_of, hand_over, launch, run};
use crate::server::eventually;

/// PostgreSQL on a port and in a folder of its own.
pub struct Postgres {
    process: Child,
    port: u16,
    folder: PathBuf,
}

impl Postgres {
    pub fn start() -> Result<Self, Failed> {
        Self::start_in(|_| Ok(()))
    }

    /// Takes connections over TLS, too, and shows this certificate.
    pub fn start_with_tls(issued: &Issued) -> Result<Self, Failed> {
        Self::start_in(|folder| {
            show(folder, issued)?;
            let mut settings = std::fs::read_to_string(folder.join("postgresql.conf"))?;
            settings.push_str("\nssl = on\n");
            Ok(std::fs::write(folder.join("postgresql.conf"), settings)?)
        })
    }

    fn start_in(prepare: impl FnOnce(&Path) -> Result<(), Failed>) -> Result<Self, Failed> {
        let port = loopback::free_port();
        let folder = folder_of(port)?;
        prepare(&folder)?;
        Ok(Self {
            process: launch(&folder, port)?,
            port,
            folder,
        })
    }

    /// Stops it as an operator would; whoever is connected is told to go.
    pub fn stop(&mut self) -> Result<(), Failed> {
        signal("INT", &[self.process.id()])?;
        self.process.wait()?;
        Ok(())
    }

    /// Starts it again where it was, with what it had.
    pub fn restart(&mut self) -> Result<(), Failed> {
        self.process = launch(&self.folder, self.port)?;
        Ok(())
    }

    /// It stays connected and does nothing.
    pub fn pause(&self) -> Result<(), Failed> {
        signal("STOP", &self.family()?)
    }

    pub fn go_on(&self) -> Result<(), Failed> {
        signal("CONT", &self.family()?)
    }

    pub fn url(&self) -> String {
        format!(
            "postgres://postgres:s3cret@127.0.0.1:{}/postgres",
            self.port
        )
    }

    /// Shows another certificate from now on, and ends every connection.
    pub async fn shows(&self, issued: &Issued) -> Result<(), Failed> {
        let loaded = self.configuration_of().await?;
        show(&self.folder, issued)?;
        self.rows("SELECT pg_reload_conf()").await?;
        eventually("the certificate is read", async || {
            self.configuration_of().await.is_ok_and(|now| now != loaded)
        })
        .await?;
        self.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        )
        .await?;
        Ok(())
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL, as a secret in a file.
    pub fn url_file(&self) -> Result<String, Failed> {
        let path = format!("{}/postgres-{}.url", env!("CARGO_TARGET_TMPDIR"), self.port);
        std::fs::write(&path, self.url())?;
        Ok(path)
    }

    /// A connection past the store.
    pub async fn connect(&self) -> Result<PgConnection, Failed> {
        Ok(PgConnection::connect(&self.url()).await?)
    }

    pub async fn rows(&self, sql: &str) -> Result<Vec<PgRow>, Failed> {
        Ok(self.connect().await?.fetch_all(sql).await?)
    }

    pub async fn count(&self, sql: &str) -> Result<i64, Failed> {
        use sqlx::Row as _;
        let rows = self.rows(sql).await?;
        Ok(rows.first().ok_or("no row")?.try_get(0)?)
    }

    /// When a new connection's configuration was read.
    async fn configuration_of(&self) -> Result<String, Failed> {
        use sqlx::Row as _;
        let rows = self.rows("SELECT pg_conf_load_time()::text").await?;
        Ok(rows.first().ok_or("no row")?.try_get(0)?)
    }

    /// The server and the process of each connection.
    fn family(&self) -> Result<Vec<u32>, Failed> {
        let parent = self.process.id();
        let listed = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"))?;
        let children = listed.split_whitespace().map(str::parse);
        let mut family = vec![parent];
        for child in children {
            family.push(child?);
        }
        Ok(family)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.go_on();
        let _ = signal("QUIT", &[self.process.id()]);
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Puts the certificate where the server looks for it, which wants its key to be its own alone.
fn show(folder: &Path, issued: &Issued) -> Result<(), Failed> {
    for (from, to) in [
        (&issued.certificate, "server.crt"),
        (&issued.key, "server.key"),
    ] {
        let to = folder.join(to);
        std::fs::copy(from, &to)?;
        run(Command::new("chmod").arg("600").arg(&to))?;
        hand_over(&to)?;
    }
    Ok(())
}

fn signal(name: &str, processes: &[u32]) -> Result<(), Failed> {
    let mut command = Command::new("kill");
    command.args(["-s", name]);
    // One that has ended meanwhile is no fault.
    command
        .args(processes.iter().map(u32::to_string))
        .stderr(Stdio::null())
        .status()?;
    Ok(())
}
