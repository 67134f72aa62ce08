//! `cargo build` in the project.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use b2c_emulator::cli::Interrupt;
use serde_json::Value;

use super::cache;
use super::child::{Child, Ended};
use super::options::Run;
use crate::error::Error;
use crate::project::Checkout;

/// Builds the project and returns its program. cargo shows its own progress on standard error.
pub(super) async fn build(
    run: &Run,
    quiet: bool,
    interrupt: &mut Interrupt,
) -> Result<PathBuf, Error> {
    if run.cargo_options.contains(&"--locked") && run.checkout.is_some() {
        settle_lock_file(run, interrupt).await?;
    }
    if let Some(checkout) = shared_cache(run) {
        cache::claim(checkout, &run.directory)?;
    }
    let mut command = cargo(run);
    command.args([
        "build",
        "--message-format=json-render-diagnostics",
        "--color",
        run.color.name(),
    ]);
    command.args(quiet.then_some("--quiet"));
    command.args(&run.cargo_options);
    command.stdout(Stdio::piped());

    let mut child = Child::start(command, "start cargo")?;
    let messages = child
        .take_output()
        .map(|output| tokio::task::spawn_blocking(|| program(output)));
    let Ended::Itself(status) = child.wait_or_interrupt(interrupt).await? else {
        return Err(Error::Interrupted);
    };
    if !status.success() {
        return Err(Error::Build);
    }
    let found = match messages {
        Some(messages) => messages.await.ok().flatten(),
        None => None,
    };
    found.ok_or_else(|| Error::App("the project has no program to run".to_owned()))
}

/// Lets cargo prune the checkout's lock file, which `--locked` would refuse.
async fn settle_lock_file(run: &Run, interrupt: &mut Interrupt) -> Result<(), Error> {
    let mut command = cargo(run);
    command.args(["metadata", "--format-version", "1", "--offline", "--quiet"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    match Child::start(command, "start cargo")?
        .wait_or_interrupt(interrupt)
        .await?
    {
        Ended::Itself(_) => Ok(()),
        Ended::Interrupted => Err(Error::Interrupted),
    }
}

fn cargo(run: &Run) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&run.directory).stdin(Stdio::null());
    if let Some(checkout) = shared_cache(run) {
        command.env("CARGO_TARGET_DIR", checkout.target_directory());
    }
    command
}

/// The checkout whose cache is used, unless the environment names another directory.
fn shared_cache(run: &Run) -> Option<&Checkout> {
    let elsewhere = std::env::var_os("CARGO_TARGET_DIR").is_some();
    run.checkout.as_ref().filter(|_| !elsewhere)
}

/// The last program that cargo's messages name.
fn program(output: impl Read) -> Option<PathBuf> {
    let lines = BufReader::new(output).lines().map_while(Result::ok);
    let programs = lines.filter_map(|line| {
        let message: Value = serde_json::from_str(&line).ok()?;
        let kind = message.get("target")?.get("kind")?.as_array()?;
        let is_program = kind.iter().any(|kind| kind == "bin");
        let executable = message.get("executable")?.as_str()?;
        is_program.then(|| PathBuf::from(executable))
    });
    programs.last()
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn the_program_is_read_from_cargos_messages() {
        let output = br#"{"reason":"compiler-artifact","target":{"kind":["custom-build"]},"executable":"/t/build"}
{"reason":"compiler-artifact","target":{"kind":["lib"]},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["bin"]},"executable":"/t/debug/demo"}
{"reason":"build-finished","success":true}
"#;
        assert_eq!(program(&output[..]), Some("/t/debug/demo".into()));
        assert_eq!(program(&b"not json\n"[..]), None);
    }
}
