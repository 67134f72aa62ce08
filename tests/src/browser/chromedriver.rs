//! One chromedriver for all tests of the run.

use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use libtest_mimic::Failed;

static DRIVER: Mutex<Option<(Child, u16)>> = Mutex::new(None);

/// The URL of chromedriver, which is started if it does not run yet.
pub fn url() -> Result<String, Failed> {
    let mut driver = DRIVER.lock().unwrap_or_else(PoisonError::into_inner);
    if driver.is_none() {
        let port = loopback::free_port();
        let child = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        *driver = Some((child?, port));
        loopback::wait_for(port)?;
    }
    let port = driver.as_ref().map_or(0, |(_, port)| *port);
    Ok(format!("http://127.0.0.1:{port}"))
}

/// Ends chromedriver. Browsers end with their tests.
pub fn stop() {
    let mut driver = DRIVER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((mut child, _)) = driver.take() {
        let _ = child.kill();
        let _ = child.wait();
    }
}
