//! The README's first command, from checkout to signed-in page to Ctrl-C.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;

use crate::{Browser, failed, journeys};
use e2e::{Workspace, ports};

/// `cargo b2c-init new demo --run`, then a sign-in, then Ctrl-C.
pub fn signs_in() -> Result<(), Failed> {
    let directory = Workspace::scratch("newcomer").map_err(failed)?;
    let (port, emulator_port) = (
        ports::free().map_err(failed)?,
        ports::free().map_err(failed)?,
    );
    let mut command = Workspace::cargo()
        .args(["b2c-init", "new"])
        .arg(directory.join("demo"))
        .args([
            "--run",
            "--port",
            &port.to_string(),
            "--emulator-port",
            &emulator_port.to_string(),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // A group of its own, as a terminal's foreground job has.
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    let outcome = try_it(&mut command, port);
    let stopped = interrupt(&mut command);
    outcome.and(stopped)
}

fn try_it(command: &mut Child, port: u16) -> Result<(), Failed> {
    let output = command.stdout.take().ok_or("no output")?;
    // Kept to the end: the app logs to the same place.
    let mut output = BufReader::new(output);
    let url = format!("http://localhost:{port}");
    let mut printed = String::new();
    for line in output.by_ref().lines() {
        let line = line.map_err(failed)?;
        printed.push_str(&line);
        printed.push('\n');
        if line.contains("Ctrl-C") {
            break;
        }
    }
    for expected in [url.as_str(), "ada@emulator.example", "Passw0rd!"] {
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
    })
}

/// Presses Ctrl-C and waits for a clean end.
fn interrupt(command: &mut Child) -> Result<(), Failed> {
    let group = format!("-{}", command.id());
    Command::new("kill")
        .args(["-INT", "--", &group])
        .status()
        .map_err(failed)?;
    let deadline = Instant::now() + Duration::from_secs(15);
    loop {
        match command.try_wait().map_err(failed)? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("after Ctrl-C: {status}").into()),
            None if Instant::now() > deadline => {
                let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
                let _ = command.wait();
                return Err("Ctrl-C did not stop the command".into());
            }
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}
