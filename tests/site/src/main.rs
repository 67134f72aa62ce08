//! mdBook's preprocessor `pages`: `mdbook build docs` calls it, with the book on standard input.

use std::io::{self, Read, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    // `supports RENDERER` asks whether it is to be called at all: always.
    if std::env::args()
        .nth(1)
        .is_some_and(|argument| argument == "supports")
    {
        return ExitCode::SUCCESS;
    }
    match preprocess() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn preprocess() -> io::Result<()> {
    let mut input = String::new();
    io::stdin().read_to_string(&mut input)?;
    let book = site::assemble(&input)?;
    serde_json::to_writer(io::stdout().lock(), &book)?;
    Ok(())
}
