//! The store that all instances share.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// How redis-server is to be run.
#[derive(Debug)]
pub(crate) struct Redis {
    program: PathBuf,
    directory: PathBuf,
    port: u16,
    persist: bool,
}

impl Redis {
    /// Its files, if any, are in this directory, which is made.
    pub(crate) fn new(
        program: PathBuf,
        directory: &Path,
        port: u16,
        persist: bool,
    ) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        Ok(Self {
            program,
            directory: directory.to_owned(),
            port,
            persist,
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// With a log of writes it has, when it comes back, all that it ever acknowledged; without one it
    /// comes back empty.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.directory)
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--save", "", "--maxmemory-policy", "noeviction"])
            .args(["--appendonly", if self.persist { "yes" } else { "no" }])
            .stdout(Stdio::null());
        command
    }
}
