//! The `b2c-emulator` command: runs the emulator until it is interrupted.

mod command;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

use command::{Arguments, run};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}
