//! The command line, for the `b2c-emulator` program and for `cargo b2c-init emulator`.

mod arguments;
mod client;
mod health;
mod hosts;
mod interrupt;
mod orders;
mod run;
mod tenants;
mod trust;

use std::{
    io::{self, Write},
    process::ExitCode,
};

pub use arguments::Arguments;
pub use interrupt::Interrupt;

use arguments::Command;

/// Does what the arguments ask and reports what went wrong.
pub fn main(arguments: Arguments) -> ExitCode {
    let result = match arguments.command {
        None => run::run(arguments.run),
        Some(Command::Run(options)) => run::run(options),
        Some(Command::Trust(place)) => trust::trust(&place),
        Some(Command::Hosts(tenants)) => hosts::hosts(tenants),
        Some(Command::Health(order)) => health::health(&order),
        Some(Command::Token(order)) => orders::token(&order),
        Some(Command::Users(order)) => orders::users(&order),
        Some(Command::Export(order)) => orders::export(&order),
        Some(Command::Import(order)) => orders::import(&order),
        Some(Command::Scenario(order)) => orders::scenario(&order),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Writes a line of what was asked for; a closed pipe is nobody's fault.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{}", line.trim_end());
}
