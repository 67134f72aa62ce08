//! The file, and who may read it.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use crate::session::store::StoreError;

/// Whether a path can be one of a file that several connections share.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    let text = path.to_string_lossy();
    if text.is_empty() || text.contains(":memory:") || text.starts_with("file:") {
        return Err(StoreError::new(format!(
            "\"{text}\" is not a file's path; sessions in memory are what the memory store is for"
        )));
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if directory.is_dir() {
        return Ok(());
    }
    let directory = directory.display();
    Err(StoreError::new(format!(
        "there is no directory {directory} for the file {text}; make it, for this user to write in"
    )))
}

/// Makes the file if it is missing, for this user alone to read and write. SQLite gives the files that
/// it puts beside it the same permissions.
pub(super) fn create(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            let path = path.display();
            Err(StoreError::new(format!("{path} cannot be made: {error}")))
        }
        _ => Ok(()),
    }
}
