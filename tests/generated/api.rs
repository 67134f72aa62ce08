//! The process of a generated API takes over settings while it runs, and ends in order.

use std::path::Path;
use std::time::Duration;

use b2c_emulator::{Emulator, Forgery, Tenant};
use libtest_mimic::Failed;

use super::process::{Process, SOON, until};

/// SIGHUP: a token for an audience that `b2c.toml` does not have any more is refused, and accepted again
/// when it does. SIGTERM: probes hear of it, and the process ends with status 0 after a second one.
pub fn reloads_and_ends(project: &Path) -> Result<(), Failed> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let url = format!("http://localhost:{}", loopback::free_port());
        let tenant = Tenant::entra("b2cemulator").id("aaaabbbb-0000-cccc-1111-dddd2222eeee");
        let emulator = Emulator::builder().default_tenant(tenant).start().await?;
        let variables = [
            ("B2C__API__BASE_URL", url.as_str()),
            ("B2C__PROVIDER__INSTANCE", emulator.base_url()),
            ("SHUTDOWN_DELAY", "300"),
        ];
        let mut api = Process::start(project, &url, &variables)?;
        api.probe_says(200, SOON).await?;
        let token = emulator.forge(&Forgery::access_token("ada@emulator.example"))?;
        let answers = async |status: u16, when: &str| -> Result<(), Failed> {
            let request = reqwest::Client::new().get(format!("{url}/notes"));
            let answer = request.bearer_auth(&token).send().await?;
            if answer.status() == status {
                return Ok(());
            }
            Err(format!("{when}: {}", answer.status()).into())
        };
        answers(200, "at the start").await?;

        let file = project.join("b2c.toml");
        let good = std::fs::read_to_string(&file)?;
        let reloads = |count| {
            let log = api.log();
            log.matches("the configuration was reloaded").count() >= count
        };
        std::fs::write(&file, good.replace("11112222-", "99992222-"))?;
        let told = api.is_sent("HUP");
        let adopted = until(|| reloads(1)).await;
        let refused = answers(401, "with another audience").await;
        // Whatever came of it: the project is used again.
        std::fs::write(&file, &good)?;
        told?;
        api.is_sent("HUP")?;
        let restored = until(|| reloads(2)).await;
        adopted
            .and(restored)
            .map_err(|_| format!("it was not taken over: {}", api.log()))?;
        refused?;
        answers(200, "with the old settings again").await?;

        api.is_sent("TERM")?;
        api.probe_says(503, SOON).await?;
        // The second one does not wait for the delay.
        api.is_sent("TERM")?;
        let status = api.ends(Duration::from_secs(30)).await?;
        if status.success() {
            return Ok(());
        }
        Err(format!("the process ended with {status}").into())
    })
}
