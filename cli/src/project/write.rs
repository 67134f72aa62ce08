//! Writes a project beside its place, then moves it there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::plan::{LOCK_FILE, Plan};
use super::vacant::{in_the_way, not_empty};
use crate::error::Error;
use crate::file::{create_private, rename};

/// Writes every file into a temporary sibling, then renames it: an interrupted run leaves
/// nothing half done at the project's path.
pub(super) fn write(plan: &Plan, stopped: &dyn Fn() -> bool) -> Result<(), Error> {
    let target = plan.directory();
    let failed = |error| Error::io(format!("write {}", plan.path().display()), error);

    let staging = Staging::beside(target).map_err(failed)?;
    for file in plan.files() {
        staging
            .add(file.path(), file.contents(), file.is_secret())
            .map_err(failed)?;
    }
    if let Some(lock_file) = plan.lock_file() {
        staging.add(LOCK_FILE, lock_file, false).map_err(failed)?;
    }
    if stopped() {
        return Err(Error::Interrupted);
    }
    staging.move_to(target).map_err(|error| match error.kind() {
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists => {
            not_empty(plan.path(), &in_the_way(target).unwrap_or_default())
        }
        _ => failed(error),
    })
}

/// A directory that is removed unless it has been moved to its place.
struct Staging {
    path: PathBuf,
}

impl Staging {
    fn beside(target: &Path) -> io::Result<Self> {
        let parent = target.parent().unwrap_or(target);
        fs::create_dir_all(parent)?;
        let name = target
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let path = parent.join(format!(".{name}.b2c-init-{}", std::process::id()));
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir(&path)?;
        Ok(Self { path })
    }

    fn add(&self, path: &str, contents: &str, secret: bool) -> io::Result<()> {
        let file = self.path.join(path);
        if let Some(directory) = file.parent() {
            fs::create_dir_all(directory)?;
        }
        let mut file = if secret {
            create_private(&file)?
        } else {
            File::create_new(&file)?
        };
        file.write_all(contents.as_bytes())
    }

    /// An empty directory that is there already is filled, not replaced: somebody may be in it, or a
    /// repository.
    fn move_to(self, target: &Path) -> io::Result<()> {
        if !target.exists() {
            return rename(&self.path, target);
        }
        if !in_the_way(target)?.is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            rename(&entry.path(), &target.join(entry.file_name()))?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After the move there is nothing left to remove, which is the usual case.
        let _ = fs::remove_dir_all(&self.path);
    }
}
