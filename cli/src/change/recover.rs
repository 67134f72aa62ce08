//! Takes a change back that was not finished.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use super::journal::{BUILDING, DIRECTORY, Entry, Journal, PENDING};
use super::place::place;
use crate::error::Error;
use crate::file;

/// Takes back what an interrupted process left half done in this project, and says whether there
/// was anything.
///
/// # Errors
///
/// Another process is writing to the project, or a file cannot be put back.
pub(crate) fn recover(root: &Path) -> Result<bool, Error> {
    let undo = root.join(DIRECTORY);
    if !undo.join(PENDING).exists() {
        return Ok(false);
    }
    let _lock = lock(&undo)?;
    recover_locked(root, &undo)
}

/// As [`recover`], by whoever holds the lock.
pub(super) fn recover_locked(root: &Path, undo: &Path) -> Result<bool, Error> {
    let pending = undo.join(PENDING);
    if !pending.exists() {
        return Ok(false);
    }
    take_back(root, &pending)
}

/// Puts every file of a journal back, then removes the journal. Can be interrupted and begun again.
/// A file that is neither what it was nor what it was to become has been edited since: it stays. Says
/// whether there was a journal; what remains of one is removed.
pub(super) fn take_back(root: &Path, pending: &Path) -> Result<bool, Error> {
    let failed = |error| {
        Error::io(
            format!("take back the change in {}", pending.display()),
            error,
        )
    };
    let found = Journal::read(pending)?;
    let is_there = found.is_some();
    let journal = found.unwrap_or_default();
    for (number, entry) in journal.entries.iter().enumerate() {
        let _ = fs::remove_file(root.join(&entry.staged));
        put_back(root, entry, &pending.join(number.to_string()))?;
    }
    for directory in journal.directories.iter().rev() {
        // One with something in it is somebody's by now.
        let _ = fs::remove_dir(root.join(directory));
    }
    // Under this name a half-removed journal is nobody's: the next one takes its place.
    let building = pending.with_file_name(BUILDING);
    if building.exists() {
        fs::remove_dir_all(&building).map_err(failed)?;
    }
    file::rename(pending, &building).map_err(failed)?;
    let _ = fs::remove_dir_all(&building);
    Ok(is_there)
}

/// The previous bytes are moved, not copied: it must work on a full disk.
fn put_back(root: &Path, entry: &Entry, previous: &Path) -> Result<(), Error> {
    let place = place(root, &entry.path)?;
    let failed = |error| Error::io(format!("put {} back", entry.path), error);
    let now = match fs::read(&place) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    if entry.is_before(now.as_deref()) || !entry.is_after(now.as_deref()) {
        return Ok(());
    }
    match entry.before {
        Some(_) => file::rename(previous, &place).map_err(failed),
        None => fs::remove_file(&place).map_err(failed),
    }
}

/// Held while a process writes to the project; the system lets go of it when the process ends.
pub(super) fn lock(undo: &Path) -> Result<File, Error> {
    file::lock(&undo.join(LOCK)).map_err(|error| match error.kind() {
        ErrorKind::WouldBlock => Error::refused(
            "another process is writing to this project",
            "wait until it is done, then try again",
        ),
        _ => Error::io(format!("lock {}", undo.display()), error),
    })
}

const LOCK: &str = "lock";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::recover;
    use crate::change::ChangeSet;
    use crate::error::Error;

    #[test]
    fn what_remains_of_a_journal_stops_nobody() {
        // Cut off while it was written, while it was removed, and before anything was in it.
        for names in [&["0", "1"][..], &["1"], &[]] {
            let root = tempfile::tempdir().expect("a directory");
            fs::write(root.path().join("b2c.toml"), "a = 1\n").expect("written");
            let pending = root.path().join(".b2c/undo/pending");
            fs::create_dir_all(&pending).expect("created");
            for name in names {
                fs::write(pending.join(name), "a = 0\n").expect("written");
            }
            assert!(!recover(root.path()).expect("nothing to take back"));
            assert!(!pending.exists());
            let text = fs::read_to_string(root.path().join("b2c.toml"));
            assert_eq!(text.expect("there"), "a = 1\n");
        }
    }

    #[test]
    fn a_journal_that_cannot_be_read_is_kept_and_told_with_what_to_do() {
        for text in ["", "{", "{}", "{\"files\": 1}"] {
            let root = tempfile::tempdir().expect("a directory");
            let pending = root.path().join(".b2c/undo/pending");
            fs::create_dir_all(&pending).expect("created");
            fs::write(pending.join("journal.json"), text).expect("written");
            fs::write(pending.join("0"), "old").expect("written");
            let told = recover(root.path()).expect_err("unreadable");
            assert!(matches!(told, Error::Refused { .. }), "{told}");
            let hint = told.hint().expect("what to do");
            let remove = format!("remove {}", pending.display());
            assert!(hint.ends_with(&remove), "{hint}");
            assert!(pending.join("0").exists());

            // Nothing else is written before that is settled.
            let mut changes = ChangeSet::at(root.path());
            changes.write("new", "text").expect("planned");
            assert!(changes.apply("test").is_err());
            assert!(!root.path().join("new").exists());
            fs::remove_dir_all(&pending).expect("removed, as it says");
            changes.apply("test").expect("made");
        }
    }
}
