//! Takes a change back that was not finished.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::journal::{BUILDING, DIRECTORY, Entry, Journal, PENDING, unreadable};
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
    place(root, DIRECTORY)?;
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
    let (staged, directories) =
        places(root, &journal).map_err(|path| unreadable(pending, &not_ours(path)))?;
    for (number, (entry, staged)) in journal.entries.iter().zip(staged).enumerate() {
        let _ = fs::remove_file(staged);
        put_back(root, entry, &pending.join(number.to_string()))?;
    }
    for directory in directories.iter().rev() {
        // One with something in it is somebody's by now.
        let _ = fs::remove_dir(directory);
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

/// Where the new files of a journal and its new directories are; or the path that no change of this project
/// has. It is asked before anything is removed.
fn places<'a>(root: &Path, journal: &'a Journal) -> Result<(Vec<PathBuf>, Vec<PathBuf>), &'a str> {
    let staged = journal
        .entries
        .iter()
        .map(|entry| entry.staged(root).ok_or(entry.staged.as_str()));
    let directories = journal.directories.iter();
    let directories = directories.map(|path| place(root, path).map_err(|_| path.as_str()));
    Ok((
        staged.collect::<Result<_, _>>()?,
        directories.collect::<Result<_, _>>()?,
    ))
}

fn not_ours(path: &str) -> String {
    format!("it names {path:?}, which no change of this project made")
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

    use serde_json::json;
    use tempfile::TempDir;

    use super::recover;
    use crate::change::ChangeSet;
    use crate::digest::sha256;
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
    /// A project with this journal of a change that replaced `b2c.toml`.
    fn with_journal(staged: &str, directory: &str) -> TempDir {
        let sandbox = tempfile::tempdir().expect("a directory");
        let pending = sandbox.path().join("project/.b2c/undo/pending");
        fs::create_dir_all(&pending).expect("created");
        fs::create_dir_all(sandbox.path().join("empty")).expect("created");
        fs::write(sandbox.path().join("precious"), "mine").expect("written");
        fs::write(sandbox.path().join("project/b2c.toml"), "old").expect("written");
        let journal = json!({
            "version": 1,
            "command": "tenant set",
            "files": [{ "path": "b2c.toml", "before": sha256(b"old"), "after": "", "staged": staged }],
            "directories": [directory],
        });
        fs::write(pending.join("journal.json"), journal.to_string()).expect("written");
        sandbox
    }

    #[test]
    fn a_journal_of_somebody_elses_removes_nothing_that_is_not_of_its_change() {
        let kept = tempfile::NamedTempFile::new().expect("a file");
        let absolute = kept.path().to_str().expect("text");
        for (staged, directory) in [
            (absolute, "new"),
            ("../precious", "new"),
            ("b2c.toml", "new"),
            (".b2c.toml.b2c-", "new"),
            (".b2c.toml.b2c-1/../b2c.toml", "new"),
            ("../.b2c.toml.b2c-1", "new"),
            (".b2c.toml.b2c-1", "../empty"),
        ] {
            let sandbox = with_journal(staged, directory);
            let root = sandbox.path().join("project");
            let told = recover(&root).expect_err("not believed");
            assert!(matches!(told, Error::Refused { .. }), "{told}");
            assert!(kept.path().exists(), "{staged}");
            assert!(sandbox.path().join("precious").exists(), "{staged}");
            assert!(sandbox.path().join("empty").exists(), "{directory}");
            assert!(root.join("b2c.toml").exists(), "{staged}");
        }
        let sandbox = with_journal(".b2c.toml.b2c-1", "new");
        let root = sandbox.path().join("project");
        fs::write(root.join(".b2c.toml.b2c-1"), "new").expect("written");
        assert!(recover(&root).expect("one of its own is taken back"));
        assert!(!root.join(".b2c.toml.b2c-1").exists());
    }

    #[cfg(unix)]
    #[test]
    fn journals_that_a_link_leads_out_to_are_left_alone() {
        let sandbox = with_journal(".b2c.toml.b2c-1", "new");
        let root = sandbox.path().join("project");
        let elsewhere = sandbox.path().join("elsewhere");
        fs::rename(root.join(".b2c/undo"), &elsewhere).expect("moved");
        std::os::unix::fs::symlink(&elsewhere, root.join(".b2c/undo")).expect("linked");
        let told = recover(&root).expect_err("outside");
        assert!(matches!(told, Error::OutsideProject { .. }), "{told}");
        assert!(crate::change::last_change(&root, true).is_err());
        assert!(elsewhere.join("pending/journal.json").exists());
    }
}
