//! The README's first command, from checkout to signed-in page to Ctrl-C.

use e2e::{Running, Workspace};
use libtest_mimic::Failed;

use crate::{Browser, journeys};

/// `cargo b2c-init new demo --run`, then a sign-in, then Ctrl-C.
pub fn signs_in() -> Result<(), Failed> {
    let directory = Workspace::scratch("newcomer")?;
    let (port, emulator_port) = (
        loopback::free_port().to_string(),
        loopback::free_port().to_string(),
    );
    let mut command = Workspace::cargo();
    command
        .args(["b2c-init", "new"])
        .arg(directory.join("demo"))
        .args(["--run", "--port", &port])
        .args(["--emulator-port", &emulator_port]);
    let running = Running::start(&mut command)?;
    let url = format!("http://localhost:{port}");
    for expected in [url.as_str(), "ada@emulator.example", "Passw0rd!"] {
        let printed = &running.printed;
        if !printed.contains(expected) {
            return Err(format!("{expected} is not in what was printed:\n{printed}").into());
        }
    }
    journeys::block_on(async {
        let browser = Browser::start().await?;
        browser.opens(&url).await?;
        browser.clicks_text("Sign in").await?;
        browser.types("#signInName", "ada@emulator.example").await?;
        browser.types("#password", "Passw0rd!").await?;
        browser.clicks("#next").await?;
        browser.sees(&url, "Ada Lovelace").await?;
        browser.observations().await?.check(&[])?;
        browser.ends().await
    })?;
    running.interrupt()
}
