//! The proxy in front of the instances.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// How nginx is to be run.
#[derive(Debug)]
pub(crate) struct Nginx {
    program: PathBuf,
    directory: PathBuf,
    port: u16,
}

impl Nginx {
    /// Writes its configuration into this directory, which is made: `nginx.conf` of this example with
    /// other ports.
    pub(crate) fn new(
        program: PathBuf,
        directory: &Path,
        port: u16,
        instances: [u16; 3],
    ) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        // Started by root, its workers are somebody else.
        fs::set_permissions(directory, Permissions::from_mode(0o755))?;
        fs::write(directory.join("nginx.conf"), configuration(port, instances))?;
        Ok(Self {
            program,
            directory: directory.to_owned(),
            port,
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.directory.join("access.log")
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("-p")
            .arg(&self.directory)
            .args(["-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"])
            .stdout(Stdio::null());
        command
    }
}

fn configuration(port: u16, instances: [u16; 3]) -> String {
    let ports = [5000, 5001, 5002, 5003].into_iter();
    let chosen = [port].into_iter().chain(instances);
    ports
        .zip(chosen)
        .fold(CONFIGURATION.to_owned(), |text, (port, chosen)| {
            // Not what another port was exchanged for: those end with a mark until the end.
            text.replace(
                &format!("127.0.0.1:{port}"),
                &format!("127.0.0.1:_{chosen}"),
            )
        })
        .replace("127.0.0.1:_", "127.0.0.1:")
}

const CONFIGURATION: &str = include_str!("../nginx.conf");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_port_is_exchanged_once() {
        let text = configuration(5001, [5002, 5003, 5000]);
        let lines = |start: &str| {
            let lines = text
                .lines()
                .map(str::trim)
                .filter(|line| line.starts_with(start));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines("listen"), ["listen 127.0.0.1:5001;"]);
        let servers = lines("server 127");
        let ports = [5002, 5003, 5000].map(|port| format!("server 127.0.0.1:{port} "));
        assert_eq!(servers.len(), ports.len());
        assert!(
            servers
                .iter()
                .zip(&ports)
                .all(|(line, port)| line.starts_with(port))
        );
    }
}
