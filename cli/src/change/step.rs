//! One file of a change that is being made.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::place::place;
use super::set::Change;
use crate::error::Error;
use crate::file::{create_private, private};

/// One file of a change; a renamed one is two.
pub(super) struct Step {
    pub(super) path: String,
    pub(super) place: PathBuf,
    /// Beside the place itself, which a link may have led to.
    pub(super) staged: PathBuf,
    pub(super) previous: Option<(Vec<u8>, Permissions)>,
    pub(super) after: Option<Vec<u8>>,
    /// The mode of the new file, where it is not the system's default.
    pub(super) mode: Option<Permissions>,
}

/// What is to be done, compared with what is there now: a plan may be old.
pub(super) fn steps(root: &Path, changes: &[Change]) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for change in changes {
        let own = change.before.as_deref().filter(|_| change.from.is_none());
        let mut step = step(root, &change.path, own, change.after.clone())?;
        if let Some(from) = &change.from {
            let source = self::step(root, from, change.before.as_deref(), None)?;
            step.mode = source.previous.as_ref().map(|(_, mode)| mode.clone());
            steps.push(source);
        }
        step.mode = change.mode.clone().or(step.mode);
        if change.secret {
            step.keep_to_owner();
        }
        steps.push(step);
    }
    Ok(steps)
}

fn step(
    root: &Path,
    path: &str,
    planned: Option<&[u8]>,
    after: Option<Vec<u8>>,
) -> Result<Step, Error> {
    let place = place(root, path)?;
    let now = match fs::read(&place) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(Error::io(format!("read {path}"), error)),
    };
    if now.as_deref() != planned {
        return Err(Error::refused(
            format!("{path} changed while this was being prepared; nothing was written"),
            "run the command again",
        ));
    }
    let permissions = fs::metadata(&place).map(|metadata| metadata.permissions());
    let previous = now.zip(permissions.ok());
    let mode = previous.as_ref().map(|(_, mode)| mode.clone());
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let staged = place.with_file_name(format!(".{name}.b2c-{}", std::process::id()));
    Ok(Step {
        path: path.to_owned(),
        place,
        staged,
        previous,
        after,
        mode,
    })
}

/// Writes the new bytes beside the file, so that a full disk is met before anything is touched.
pub(super) fn stage(step: &Step) -> io::Result<()> {
    let Some(after) = &step.after else {
        return Ok(());
    };
    if let Some(folder) = step.place.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = match &step.mode {
        Some(mode) => {
            let file = create_private(&step.staged)?;
            file.set_permissions(mode.clone())?;
            file
        }
        None => fs::File::create_new(&step.staged)?,
    };
    file.write_all(after)?;
    file.sync_all()
}

impl Step {
    /// Mode 0600, where the system has modes.
    fn keep_to_owner(&mut self) {
        self.mode = private().or(self.mode.take());
    }
}
