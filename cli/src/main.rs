//! `cargo b2c-init`; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_b2c_init::main(std::env::args_os())
}
