//! The servers once more, with an allocator that counts: it would disturb what is timed.

use std::alloc::System;
use std::process::ExitCode;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> ExitCode {
    match bench_peers::command::run(std::env::args().skip(1), counted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn counted() -> (u64, i64) {
    let stats = COUNTING.stats();
    let held = stats.bytes_allocated as i64 - stats.bytes_deallocated as i64;
    (stats.allocations as u64 + stats.reallocations as u64, held)
}
