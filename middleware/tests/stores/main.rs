//! Every session store against the suite that stores keep to.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test has no public API and ends at the first surprise"
)]

mod azure;
mod certificates;
mod check;
mod cluster;
mod configuration;
mod crowd;
mod entra;
mod flawed;
mod fleet;
mod health;
mod instances;
mod limits;
mod partitions;
mod pooler;
mod postgres;
mod postgres_away;
mod postgres_process;
mod postgres_server;
mod postgres_tls;
mod proofs;
mod proxy;
mod redis;
mod redis_tls;
mod sentinel;
mod server;
mod sqlite;
#[cfg(unix)]
mod sqlite_modes;
mod suite;
#[expect(
    dead_code,
    unused_imports,
    reason = "shared with the tests of the layer"
)]
#[path = "../middleware/support/mod.rs"]
mod support;
mod tampering;
mod tower_sessions;

use std::future::Future;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    if let Some(outcome) = redis_tls::tried_elsewhere().or_else(sqlite::tried_elsewhere) {
        return outcome;
    }
    if let Some(outcome) = fleet::member() {
        return outcome;
    }
    let arguments = Arguments::from_args();
    let trials = suite::trials()
        .into_iter()
        .chain(check::trials())
        .chain(health::trials())
        .chain(configuration::trials())
        .chain(postgres::trials())
        .chain(postgres_away::trials())
        .chain(postgres_tls::trials())
        .chain(sqlite::trials())
        .chain(tampering::trials())
        .chain(tower_sessions::trials())
        .chain(redis::trials())
        .chain(redis_tls::trials())
        .chain(proofs::trials())
        .chain(partitions::trials())
        .chain(entra::trials())
        .chain(sentinel::trials())
        .chain(cluster::trials())
        .chain(fleet::trials())
        .chain(limits::trials())
        .chain(of_this_system())
        .collect();
    let outcome = libtest_mimic::run(&arguments, trials).exit_code();
    postgres_process::clean_up();
    outcome
}

/// Modes of files, and disks that are full.
#[cfg(unix)]
fn of_this_system() -> Vec<Trial> {
    sqlite_modes::trials()
}

/// Windows has neither for a test to set up.
#[cfg(not(unix))]
fn of_this_system() -> Vec<Trial> {
    Vec::new()
}

/// A test that runs on several threads, so that races are races.
fn trial<F>(name: impl Into<String>, run: impl FnOnce() -> F + Send + 'static) -> Trial
where
    F: Future<Output = Result<(), Failed>>,
{
    Trial::test(name, move || runtime()?.block_on(run()))
}

fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(4).enable_all().build()?)
}
