//! Whether version control would see a secret.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::Error;

/// Makes sure that a file with secrets stays out of git. Without git there is nobody to give it to.
///
/// # Errors
///
/// The file is tracked or not ignored, or git cannot be asked.
pub(crate) fn refuse_unless_ignored(root: &Path, path: &str) -> Result<(), Error> {
    let directory = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
    if !directory
        .ancestors()
        .any(|above| above.join(".git").exists())
    {
        return Ok(());
    }
    // A tracked file is never ignored, whatever .gitignore says.
    let mut git = Command::new("git");
    git.arg("-C")
        .arg(root)
        .args(["check-ignore", "--quiet", "--", path]);
    git.stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let status = git.status();
    let status =
        status.map_err(|error| Error::io("run git, which tells what is ignored", error))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::refused(
        format!("git would see {path}, and secrets are written where it does not look"),
        format!("add the line /{path} to .gitignore; if it is tracked: git rm --cached {path}"),
    ))
}

/// Whether git tracks a file, so that everyone with the repository has what is in it.
pub(crate) fn is_tracked(path: &Path) -> bool {
    let directory = path.parent().filter(|parent| *parent != Path::new(""));
    let Some(name) = path.file_name() else {
        return false;
    };
    let mut git = Command::new("git");
    git.arg("-C").arg(directory.unwrap_or(Path::new(".")));
    git.args(["ls-files", "--error-unmatch", "--"]).arg(name);
    let git = git.stdin(Stdio::null()).stdout(Stdio::null());
    let status = git.stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
