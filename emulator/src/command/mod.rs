//! What can be asked on the command line?

mod arguments;
mod serve;
mod trust;

pub(crate) use arguments::Arguments;

use arguments::Command;

/// Does what the arguments ask for.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    match arguments.command {
        None => serve::serve(arguments.serve).await,
        Some(Command::Run(serve)) => serve::serve(serve).await,
        Some(Command::Trust(place)) => trust::trust(&place),
    }
}
