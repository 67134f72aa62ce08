//! What git knows of a file.

use std::path::Path;
use std::process::{Command, Stdio};

/// Whether a file is tracked, so that others have what is in it.
pub(crate) fn is_tracked(path: &Path) -> bool {
    let Some(name) = path.file_name() else {
        return false;
    };
    git(path, &["ls-files", "--error-unmatch", "--"], name.as_ref()) == Some(0)
}

/// Whether a file would be committed with the others: it is in a repository, and not ignored.
pub(crate) fn would_be_tracked(path: &Path) -> bool {
    let Some(name) = path.file_name() else {
        return false;
    };
    git(path, &["check-ignore", "-q", "--"], name.as_ref()) == Some(1)
}

/// The exit code of a git command in the file's directory; `None` without git.
fn git(path: &Path, arguments: &[&str], name: &Path) -> Option<i32> {
    let directory = path.parent().filter(|parent| *parent != Path::new(""));
    let status = Command::new("git")
        .arg("-C")
        .arg(directory.unwrap_or(Path::new(".")))
        .args(arguments)
        .arg(name)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.ok()?.code()
}
