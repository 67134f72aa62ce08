//! From a project's files to an app that is stopped again.

use std::process::Command;

use b2c_emulator::Emulator;
use b2c_emulator::cli::Interrupt;
use tokio::runtime::Builder;

use super::build::build;
use super::child::{Child, Ended};
use super::options::Run;
use super::ports::check_ports;
use super::readiness::wait_until_ready;
use super::settings::{CLIENT_SECRET, Settings};
use super::summary::summary;
use crate::error::Error;
use crate::terminal::Terminal;

/// Runs the project until Ctrl-C, or until it ends by itself.
pub(super) fn start(run: &Run, terminal: &mut Terminal) -> Result<(), Error> {
    let settings = Settings::of(run)?;
    for note in &settings.notes {
        terminal.message(&format!("note: {note}"));
    }
    check_ports(settings.port, settings.emulator_port)?;

    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| Error::io("start", error))?;
    runtime.block_on(async {
        let mut interrupt =
            Interrupt::listen().map_err(|error| Error::io("listen for Ctrl-C", error))?;
        let stand_in = &settings.stand_in;
        let emulator = stand_in
            .emulator(&settings.app_url, &settings.redirect_uri)
            .port(settings.emulator_port)
            .start()
            .await
            .map_err(|error| Error::Emulator(error.to_string()))?;
        let result = beside(&emulator, run, &settings, &mut interrupt, terminal).await;
        emulator.shutdown().await;
        result
    })
}

async fn beside(
    emulator: &Emulator,
    run: &Run,
    settings: &Settings,
    interrupt: &mut Interrupt,
    terminal: &mut Terminal,
) -> Result<(), Error> {
    terminal.message("Building; the first time this takes a minute or more, later seconds …");
    let program = build(run, terminal.is_quiet(), interrupt).await?;

    let mut command = Command::new(program);
    command
        .current_dir(&run.directory)
        .envs(&settings.environment);
    command
        .env(CLIENT_SECRET, emulator.client().client_secret())
        .env_remove("LISTEN");
    if terminal.is_quiet() && std::env::var_os("RUST_LOG").is_none() {
        command.env("RUST_LOG", "error");
    }
    let mut app = Child::start(command, "start the app")?;
    tokio::select! {
        ready = wait_until_ready(&mut app, settings.port) => ready?,
        () = interrupt.wait() => return app.stop().await,
    }

    summary(settings, emulator, terminal);
    if run.open && open::that_detached(&settings.app_url).is_err() {
        terminal.message("No browser could be opened; open the address above yourself.");
    }
    match app.wait_or_interrupt(interrupt).await? {
        Ended::Interrupted => {
            terminal.message("Stopped.");
            Ok(())
        }
        Ended::Itself(status) if status.success() => {
            terminal.message("The app has stopped.");
            Ok(())
        }
        Ended::Itself(status) => Err(Error::App(format!(
            "the app stopped ({status}); its messages are above"
        ))),
    }
}
