//! The process of a generated gRPC service takes settings over together with its web app's.

use std::fs;
use std::path::Path;
use std::time::Duration;

use libtest_mimic::Failed;

use super::process::{Process, until};

/// SIGHUP: what only a restart takes over of the web app leaves the service's audience as it is; without
/// that it is taken over.
pub fn follows_its_web_app(project: &Path) -> Result<(), Failed> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let url = format!("http://localhost:{}", loopback::free_port());
        let calls = format!("127.0.0.1:{}", loopback::free_port());
        let variables = [("LISTEN_GRPC", calls.as_str())];
        let mut app = Process::start(project, &url, &variables)?;
        let says = async |text: &str| {
            let said = until(|| app.log().contains(text)).await;
            said.map_err(|_| Failed::from(format!("never {text:?}: {}", app.log())))
        };
        says("gRPC on").await?;
        let file = project.join("b2c.toml");
        let good = fs::read_to_string(&file)?;
        let audience = good.replace("[\"11112222-", "[\"99992222-");
        let both = audience.replace("\"/getAToken\"", "\"/elsewhere\"");
        let journey = async {
            if both == audience || audience == good {
                return Err("b2c.toml has other settings".into());
            }
            fs::write(&file, &both)?;
            app.is_sent("HUP")?;
            says("cannot change while the app runs").await?;
            fs::write(&file, &audience)?;
            app.is_sent("HUP")?;
            says("the configuration was reloaded").await
        };
        let outcome = journey.await;
        let log = app.log();
        // Whatever came of it: the project is used again.
        fs::write(&file, &good)?;
        outcome?;
        let changes: Vec<_> = log
            .lines()
            .filter(|line| line.contains("was reloaded"))
            .collect();
        if changes.len() != 1 || !changes[0].contains("tokens of provider default") {
            return Err(format!("it was not taken over by the service: {log}").into());
        }
        app.is_sent("TERM")?;
        let status = app.ends(Duration::from_secs(30)).await?;
        if status.success() {
            return Ok(());
        }
        Err(format!("the process ended with {status}").into())
    })
}
