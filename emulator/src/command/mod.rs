//! What can be asked on the command line?

mod arguments;
mod hosts;
mod serve;
mod trust;

pub(crate) use arguments::Arguments;

use arguments::Command;

/// Does what the arguments ask for.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    match arguments.command {
        None => serve::serve(arguments.serve).await,
        Some(Command::Run(serve)) => serve::serve(serve).await,
        Some(Command::Hosts(tenants)) => hosts::hosts(tenants),
        Some(Command::Trust(place)) => trust::trust(&place),
    }
}
