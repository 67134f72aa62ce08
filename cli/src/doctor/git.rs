//! What git knows of a project's files.

use std::path::Path;
use std::process::{Command, Stdio};

/// The files that git tracks, from the project's directory on; `None` where there is no git, or no
/// repository.
pub(super) fn tracked(root: &Path) -> Option<Vec<String>> {
    let output = git(root).args(["ls-files", "-z"]).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let files = listed.split('\0').filter(|path| !path.is_empty());
    Some(files.map(str::to_owned).collect())
}

/// Whether git ignores a file. One that is tracked is not ignored, whatever `.gitignore` says.
pub(super) fn ignores(root: &Path, path: &str) -> bool {
    let mut check = git(root);
    check.args(["check-ignore", "--quiet", "--", path]);
    check.status().is_ok_and(|status| status.success())
}

fn git(root: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}
