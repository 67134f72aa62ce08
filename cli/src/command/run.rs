//! `cargo b2c-init run`.

use super::arguments;
use crate::error::Error;
use crate::project::Checkout;
use crate::run::Run;
use crate::terminal::{ColorChoice, Terminal};

pub(super) fn run(
    arguments: &arguments::Run,
    color: ColorChoice,
    terminal: &mut Terminal,
) -> Result<(), Error> {
    Run::of(&arguments.directory)
        .port(arguments.port)
        .emulator_port(arguments.emulator_port)
        .open(arguments.open)
        .cargo_option("--release", arguments.release)
        .cargo_option("--offline", arguments.cargo.offline)
        .cargo_option("--locked", arguments.cargo.locked)
        .color(color)
        .checkout(Checkout::find())
        .start(terminal)
}
