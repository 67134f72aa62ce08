//! Whether version control would see a secret.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::error::Error;
use crate::file::real_path;

/// Makes sure that a file with secrets stays out of git. Without git there is nobody to give it to.
///
/// # Errors
///
/// The file is tracked or not ignored, or git cannot be asked.
pub(crate) fn refuse_unless_ignored(root: &Path, path: &str) -> Result<(), Error> {
    if !is_in_repository(root) {
        return Ok(());
    }
    match ignores(root, path) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::refused(
            format!("git would see {path}, and secrets are written where it does not look"),
            format!("add the line /{path} to .gitignore; if it is tracked: git rm --cached {path}"),
        )),
        Err(said) => Err(Error::refused(
            format!("git does not say whether it would see {path}: {said}"),
            "secrets are written where git does not look: do what it asks for, then try again",
        )),
    }
}

/// Whether a directory is in a working tree of git, by where it really is.
pub(crate) fn is_in_repository(directory: &Path) -> bool {
    real(directory)
        .ancestors()
        .any(|above| above.join(".git").exists())
}

/// Whether git ignores a file of a repository. One that is tracked is never ignored, whatever `.gitignore`
/// says.
///
/// # Errors
///
/// git cannot be asked: what it says.
pub(crate) fn ignores(root: &Path, path: &str) -> Result<bool, String> {
    let root = real(root);
    // A link is followed when it is written to; out of the project nothing is.
    let file = real_path(&root.join(path)).ok();
    let file = file.filter(|file| file.starts_with(&root));
    let file = file.unwrap_or_else(|| root.join(path));
    let mut git = git(&root);
    let output = git
        .args(["check-ignore", "--quiet", "--"])
        .arg(file)
        .output();
    let output = output.map_err(|error| not_started(&error))?;
    // https://git-scm.com/docs/git-check-ignore#_exit_status
    match output.status.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => Err(said(&output)),
    }
}

/// The files that git tracks, from the directory on; `None` where there is no repository.
///
/// # Errors
///
/// git cannot be asked: what it says.
pub(crate) fn tracked(root: &Path) -> Result<Option<Vec<String>>, String> {
    if !is_in_repository(root) {
        return Ok(None);
    }
    let output = git(&real(root)).args(["ls-files", "-z"]).output();
    let output = output.map_err(|error| not_started(&error))?;
    if !output.status.success() {
        return Err(said(&output));
    }
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let files = listed.split('\0').filter(|path| !path.is_empty());
    Ok(Some(files.map(str::to_owned).collect()))
}

/// Whether git tracks a file, so that everyone with the repository has what is in it.
pub(crate) fn is_tracked(path: &Path) -> bool {
    let directory = path.parent().filter(|parent| *parent != Path::new(""));
    let Some(name) = path.file_name() else {
        return false;
    };
    let mut git = git(directory.unwrap_or(Path::new(".")));
    git.args(["ls-files", "--error-unmatch", "--"]).arg(name);
    git.status().is_ok_and(|status| status.success())
}

/// Where a directory really is: a repository is above that, not above the links and `..` that lead there.
fn real(directory: &Path) -> PathBuf {
    let real = real_path(directory).or_else(|_| std::path::absolute(directory));
    real.unwrap_or_else(|_| directory.to_owned())
}

fn git(directory: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(directory).stdin(Stdio::null());
    git.stdout(Stdio::piped()).stderr(Stdio::piped());
    git
}

/// What git says, in one line.
fn said(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let said: Vec<_> = said.split_whitespace().collect();
    if said.is_empty() {
        return format!("it ended with {}", output.status);
    }
    said.join(" ")
}

fn not_started(error: &io::Error) -> String {
    format!("it does not start: {error}")
}
