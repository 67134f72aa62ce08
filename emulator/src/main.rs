//! The `b2c-emulator` command; everything is in the library.

use std::process::ExitCode;

use b2c_emulator::cli;
use clap::Parser;

/// Runs a local Azure AD B2C: user flows, pages, tokens and errors, offline.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Program {
    #[command(flatten)]
    arguments: cli::Arguments,
}

fn main() -> ExitCode {
    cli::main(Program::parse().arguments)
}
