//! A file that is not read at once.

use std::path::Path;

/// A pipe in the place of a file: whoever reads it waits for a writer, as on a disk that hangs.
pub(crate) fn pipe(path: &Path) {
    let _ = std::fs::remove_file(path);
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}
