//! nginx with the page's configuration, in a process and a directory of its own.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use e2e::Workspace;
use libtest_mimic::Failed;
use tempfile::TempDir;
use tokio::net::TcpStream;

/// Ends when dropped.
pub(crate) struct Proxy {
    process: Child,
    /// PEM.
    pub(crate) certificate: String,
    directory: TempDir,
}

impl Proxy {
    /// Listens on one port of this machine for `localhost`, and leads to another.
    pub(crate) async fn start(port: u16, app: u16) -> Result<Self, Failed> {
        let directory = tempfile::tempdir()?;
        Workspace::open_to_workers(directory.path())?;
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let certificate = made.cert.pem();
        let write = |name: &str, text: &str| fs::write(directory.path().join(name), text);
        write("cert.pem", &certificate)?;
        write("key.pem", &made.signing_key.serialize_pem())?;
        write("nginx.conf", &configuration(port, app)?)?;
        let process = Command::new("nginx")
            .arg("-p")
            .arg(directory.path())
            .args(["-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"])
            .stdout(Stdio::null())
            .spawn()?;
        let mut proxy = Self {
            process,
            certificate,
            directory,
        };
        proxy.listens(port).await?;
        Ok(proxy)
    }

    async fn listens(&mut self, port: u16) -> Result<(), Failed> {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if self.process.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.directory.path().join("error.log"));
                return Err(format!("nginx does not listen: {}", log.unwrap_or_default()).into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if !matches!(self.process.try_wait(), Ok(None)) {
            return;
        }
        // Being asked, it ends its workers, too.
        let id = self.process.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// What differs from machine to machine is exchanged, and nothing else.
fn configuration(port: u16, app: u16) -> Result<String, Failed> {
    let mut text = CONFIGURATION.to_owned();
    for (shown, here) in [
        ("listen 443 ssl;", format!("listen 127.0.0.1:{port} ssl;")),
        (
            "server_name app.contoso.com;",
            "server_name localhost;".to_owned(),
        ),
        ("/etc/nginx/tls/app.contoso.com.crt", "cert.pem".to_owned()),
        ("/etc/nginx/tls/app.contoso.com.key", "key.pem".to_owned()),
        ("http://127.0.0.1:5000", format!("http://127.0.0.1:{app}")),
    ] {
        if text.matches(shown).count() != 1 {
            return Err(format!("'{shown}' is not once in the configuration").into());
        }
        text = text.replace(shown, &here);
    }
    Ok(text)
}

const CONFIGURATION: &str = include_str!("../../nginx/nginx.conf");
const PATIENCE: Duration = Duration::from_secs(60);
