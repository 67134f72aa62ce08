//! Keeps the secrets that are added out of version control.

use super::target::Target;
use crate::change::ChangeSet;
use crate::error::Error;
use crate::project::{is_in_repository, is_tracked, refuse_unless_ignored};

/// Plans the line of `.gitignore` that a file of secrets needs, if it has none.
///
/// # Errors
///
/// git tracks the file, so that no line would keep it out; or git cannot be asked.
pub(super) fn ignore(changes: &mut ChangeSet, target: &Target, file: &str) -> Result<(), Error> {
    let directory = target.directory();
    let seen = refuse_unless_ignored(&directory, file);
    if is_tracked(&directory.join(file)) {
        return seen;
    }
    let path = target.path(".gitignore");
    let mut text = changes.read(&path)?.unwrap_or_default();
    let line = format!("/{file}");
    // Where there is no repository yet, one may come.
    let is_listed = text
        .lines()
        .any(|known| known.trim().trim_start_matches('/') == file);
    if seen.is_ok() && (is_listed || is_in_repository(&directory)) {
        return Ok(());
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    changes.write(&path, &format!("{text}{line}\n"))
}
