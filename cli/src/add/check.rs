//! `cargo check`, before and after.

use std::path::Path;
use std::process::{Command, Stdio};

use super::metadata::cargo;
use crate::error::Error;

/// How `cargo check` is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Check<'a> {
    pub(crate) package: &'a str,
    pub(crate) options: &'a [&'static str],
    /// The value of `--color`.
    pub(crate) color: &'static str,
}

/// Whether the crate builds. cargo shows its progress, and what is wrong, on standard error.
///
/// # Errors
///
/// cargo cannot be started.
pub(crate) fn cargo_check(directory: &Path, check: Check<'_>) -> Result<bool, Error> {
    let mut command = Command::new(cargo());
    command
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command.args(["check", "--package", check.package, "--color", check.color]);
    let status = command.args(check.options).status();
    Ok(status
        .map_err(|error| Error::io("start cargo", error))?
        .success())
}
