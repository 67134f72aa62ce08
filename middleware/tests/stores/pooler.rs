//! PgBouncer in transaction mode, in front of a server.

use std::path::PathBuf;
use std::process::{Child, Stdio};

use libtest_mimic::Failed;

use crate::postgres_process::{hand_over, own_folder, program, unprivileged};
use crate::postgres_server::Postgres;

pub struct Pooler {
    process: Child,
    port: u16,
    folder: PathBuf,
}

impl Pooler {
    pub fn start(server: &Postgres) -> Result<Self, Failed> {
        let port = loopback::free_port();
        let folder = own_folder(&format!("pooler-{port}"));
        std::fs::create_dir_all(&folder)?;
        let settings = folder.join("pgbouncer.ini");
        let behind = server.port();
        std::fs::write(
            &settings,
            format!(
                "[databases]\n* = user=postgres host=127.0.0.1 port={behind}\n\
                 [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
                 unix_socket_dir =\nauth_type = any\npool_mode = transaction\n\
                 default_pool_size = 4\n"
            ),
        )?;
        hand_over(&folder)?;
        let pgbouncer = program("pgbouncer").ok_or("pgbouncer is missing")?;
        let mut command = unprivileged(&pgbouncer);
        command
            .args(["-q"])
            .arg(&settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command.spawn()?;
        loopback::wait_for(port)?;
        Ok(Self {
            process,
            port,
            folder,
        })
    }

    pub fn url(&self) -> String {
        let port = self.port;
        format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable")
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
