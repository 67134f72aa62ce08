//! What the program was told to do.

use crate::arguments::{Arguments, USAGE};
use crate::error::Failure;
use crate::{scale, servers, sessions, tokens};

/// Measures, or serves, as the words say. `allocations` are those of this process so far, and the bytes
/// that it holds.
///
/// # Errors
///
/// When the words are not understood, or what they ask for cannot be done.
pub fn run(
    mut words: impl Iterator<Item = String>,
    allocations: fn() -> (u64, i64),
) -> Result<(), Failure> {
    let command = words.next().unwrap_or_default();
    let words = words.collect();
    carry_out(&command, words, allocations)
}

/// Not generic, so that it is compiled with the library and not again with each program.
fn carry_out(
    command: &str,
    words: Vec<String>,
    allocations: fn() -> (u64, i64),
) -> Result<(), Failure> {
    if command == "server" {
        return servers::serve(words.first().map_or("", String::as_str), allocations);
    }
    let arguments = Arguments::parse(words.into_iter())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(Failure::during("tokio"))?;
    runtime.block_on(async {
        match command {
            "sessions" => sessions::measure(&arguments).await,
            "tokens" => tokens::measure(&arguments).await,
            "scale" => scale::measure(&arguments).await,
            _ => Err(Failure::new(USAGE)),
        }
    })
}
