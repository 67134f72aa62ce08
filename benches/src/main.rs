//! `cargo bench-peers sessions|tokens|scale`; `server ROW` is what it starts itself as.

use std::process::ExitCode;

fn main() -> ExitCode {
    match bench_peers::command::run(std::env::args().skip(1), || (0, 0)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
