//! `cargo b2c-init completions`.

use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;

use super::arguments::Cargo;
use super::help;
use crate::terminal::Report;

/// Write a shell's completions to standard output
#[derive(Args, Debug)]
#[command(before_help = help::COMPLETIONS, help_template = help::TEMPLATE)]
pub(super) struct Completions {
    /// The shell: bash, elvish, fish, powershell or zsh
    #[arg(value_enum, hide_possible_values = true)]
    shell: Shell,
}

pub(super) fn completions(arguments: &Completions) -> Report {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut direct(), PROGRAM, &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Report::done()
        .line(script.trim_end())
        .field("shell", arguments.shell.to_string())
        .field("script", script)
}

/// The command line as the program has it when it is called without cargo.
pub(super) fn direct() -> Command {
    let cargo = Cargo::command();
    let own = cargo.get_subcommands().next().cloned();
    own.unwrap_or(cargo).name(PROGRAM).bin_name(PROGRAM)
}

const PROGRAM: &str = "cargo-b2c-init";
