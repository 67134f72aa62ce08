//! Undoes changes, last one first.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::journal::{DIRECTORY, Journal, numbers};
use super::place::place;
use super::set::ChangeSet;
use super::transaction::By;
use crate::error::Error;

/// The last change of a project, and what takes it back.
#[derive(Debug)]
pub(crate) struct Undone {
    number: u64,
    command: String,
    changes: ChangeSet,
    directories: Vec<String>,
}

/// The change that `undo` would take back.
///
/// # Errors
///
/// Nothing can be undone; or, unless it is to be done all the same (`force`), a file of the change
/// has been edited since.
pub(crate) fn last(root: &Path, force: bool) -> Result<Undone, Error> {
    place(root, DIRECTORY)?;
    let undo = root.join(DIRECTORY);
    finish_undo(&undo)?;
    let (number, journal) = last_journal(&undo)?;
    let folder = undo.join(number.to_string());
    let failed = |error| Error::io(format!("read {}", folder.display()), error);

    let mut changes = ChangeSet::at(root);
    let mut edited = Vec::new();
    for (index, entry) in journal.entries.iter().enumerate() {
        let before = match entry.before {
            Some(_) => Some(fs::read(folder.join(index.to_string())).map_err(failed)?),
            None => None,
        };
        if !entry.is_after(changes.bytes(&entry.path)?.as_deref()) {
            edited.push(entry.path.clone());
        }
        let mode = fs::metadata(folder.join(index.to_string())).ok();
        changes.restore(&entry.path, before, mode.map(|mode| mode.permissions()))?;
    }
    if !edited.is_empty() && !force {
        return Err(Error::refused(
            format!("edited since `{}`: {}", journal.command, edited.join(", ")),
            "commit or copy these edits; undo --force gives them up",
        ));
    }
    Ok(Undone {
        number,
        command: journal.command,
        changes,
        directories: journal.directories,
    })
}

/// The journal of the last change, with its number. What remains of later ones that were being removed goes.
fn last_journal(undo: &Path) -> Result<(u64, Journal), Error> {
    while let Some(number) = numbers(undo).pop() {
        match Journal::read(&undo.join(number.to_string()))? {
            Some(journal) => return Ok((number, journal)),
            None => remove(undo, number)?,
        }
    }
    Err(Error::refused(
        "there is no change to undo",
        "undo takes back what this tool wrote, and keeps the last 20 changes in .b2c/undo",
    ))
}

/// Takes the change back, unless it is stopped first; what it was can then no longer be undone.
///
/// # Errors
///
/// A file cannot be written; then all is as it was.
pub(crate) fn undo(undone: &Undone, stopped: &dyn Fn() -> bool) -> Result<(), Error> {
    let root = undone.changes.root();
    let undo = root.join(DIRECTORY);
    let by = By {
        command: "undo",
        undoes: Some(undone.number),
    };
    undone.changes.make(by, stopped)?;
    finish_undo(&undo)?;
    // Still there if everything was as before already.
    remove(&undo, undone.number)?;
    for directory in undone.directories.iter().rev() {
        // One with something in it is somebody's by now, and one outside the project always was.
        if let Ok(directory) = place(root, directory) {
            let _ = fs::remove_dir(directory);
        }
    }
    Ok(())
}

/// An undo is a change like any other, and removed together with the one that it took back.
fn finish_undo(undo: &Path) -> Result<(), Error> {
    let Some(own) = numbers(undo).pop() else {
        return Ok(());
    };
    let journal = Journal::read(&undo.join(own.to_string()));
    if let Ok(Some(Journal {
        undoes: Some(undone),
        ..
    })) = journal
    {
        remove(undo, undone)?;
        remove(undo, own)?;
    }
    Ok(())
}

fn remove(undo: &Path, number: u64) -> Result<(), Error> {
    let folder = undo.join(number.to_string());
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::io(format!("remove {}", folder.display()), error))
        }
        _ => Ok(()),
    }
}

impl Undone {
    /// The command that is undone, `tenant set`.
    pub(crate) fn command(&self) -> &str {
        &self.command
    }

    /// What takes it back.
    pub(crate) fn changes(&self) -> &ChangeSet {
        &self.changes
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{last, undo};
    use crate::change::ChangeSet;

    fn set(root: &Path, name: &str, text: &str) {
        let mut changes = ChangeSet::at(root);
        changes.write(name, text).expect("planned");
        changes.apply("test").expect("made");
    }

    fn read(root: &Path, name: &str) -> String {
        fs::read_to_string(root.join(name)).expect("text")
    }

    #[test]
    fn edits_after_a_change_are_not_undone_without_force() {
        let root = tempfile::tempdir().expect("a directory");
        fs::write(root.path().join("b2c.toml"), "before").expect("written");
        set(root.path(), "b2c.toml", "after");
        fs::write(root.path().join("b2c.toml"), "mine").expect("written");
        let error = last(root.path(), false).expect_err("edited");
        assert!(error.to_string().contains("b2c.toml"), "{error}");
        undo(&last(root.path(), true).expect("a change"), &|| false).expect("undone");
        assert_eq!(read(root.path(), "b2c.toml"), "before");
    }

    #[test]
    fn an_undo_cut_off_while_it_removed_a_journal_is_finished_by_the_next() {
        let root = tempfile::tempdir().expect("a directory");
        for text in ["1", "2", "3"] {
            set(root.path(), "a", text);
        }
        fs::remove_file(root.path().join(".b2c/undo/3/journal.json")).expect("removed");
        fs::write(root.path().join("a"), "2").expect("as the undo left it");
        undo(&last(root.path(), false).expect("a change"), &|| false).expect("undone");
        assert_eq!(read(root.path(), "a"), "1");
        assert!(!root.path().join(".b2c/undo/3").exists());
        set(root.path(), "a", "4");
        undo(&last(root.path(), false).expect("a change"), &|| false).expect("undone");
        assert_eq!(read(root.path(), "a"), "1");
    }

    #[test]
    fn an_undo_cut_off_between_two_journals_takes_no_other_along() {
        let root = tempfile::tempdir().expect("a directory");
        for text in ["1", "2", "3"] {
            set(root.path(), "a", text);
        }
        // Back to "2"; the journal of the change is gone, that of the undo is there yet.
        let undone = last(root.path(), false).expect("a change");
        let by = super::By {
            command: "undo",
            undoes: Some(undone.number),
        };
        undone.changes.make(by, &|| false).expect("written");
        fs::remove_dir_all(root.path().join(".b2c/undo/3")).expect("removed");
        assert!(root.path().join(".b2c/undo/4").exists());

        undo(&last(root.path(), false).expect("a change"), &|| false).expect("undone");
        assert_eq!(read(root.path(), "a"), "1");
        undo(&last(root.path(), false).expect("a change"), &|| false).expect("undone");
        assert!(!root.path().join("a").exists());
    }

    #[test]
    fn the_last_twenty_changes_can_be_undone_one_by_one() {
        let root = tempfile::tempdir().expect("a directory");
        (1..=22).for_each(|value: u32| set(root.path(), "a", &value.to_string()));
        for value in (2..=21).rev() {
            undo(&last(root.path(), false).expect("a change"), &|| false).expect("undone");
            assert_eq!(read(root.path(), "a"), value.to_string());
        }
        assert!(last(root.path(), false).is_err());
    }
}
