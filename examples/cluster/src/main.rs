//! Three instances of an app behind nginx, with sessions in Redis and an emulator to sign in at: what
//! runs in production on machines of its own, here by one command.
//!
//! `cargo run -p example-cluster` says where to look; Ctrl-C ends all of it. Its processes are
//! started and stopped by signals, so it is for Unix systems.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what a command says is its output"
)]

#[cfg(unix)]
mod app;
#[cfg(unix)]
mod arguments;
#[cfg(unix)]
mod cluster;
#[cfg(unix)]
mod instance;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod nginx;
#[cfg(unix)]
mod order;
#[cfg(unix)]
mod port;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod program;
#[cfg(unix)]
mod provider;
#[cfg(unix)]
mod redis;
#[cfg(unix)]
mod views;

// What generated projects have, too.
#[cfg(unix)]
#[path = "../../../templates/web-app/src/api.rs"]
#[allow(unreachable_pub, reason = "shared with the generated projects")]
mod api;
#[cfg(unix)]
#[path = "../../../templates/site/src/assets.rs"]
#[allow(unreachable_pub, reason = "shared with the generated projects")]
mod assets;
#[cfg(unix)]
#[path = "../../../templates/site/src/security.rs"]
#[allow(unreachable_pub, reason = "shared with the generated projects")]
mod security;

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    arguments::run()
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("error: the cluster needs a Unix system; its processes end by signals");
    ExitCode::FAILURE
}
