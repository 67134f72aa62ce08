//! Makes a change whole or not at all.
//!
//! The order is what makes it so: journal, new bytes beside each file, renames, journal done. Until
//! the first rename nothing is touched; from then on the journal can take everything back.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use super::journal::{DIRECTORY, Entry, Journal, PENDING, numbers, prepare};
use super::place::place;
use super::recover::{lock, recover_locked, take_back};
use super::set::Change;
use super::step::{Step, stage, steps};
use crate::digest::sha256;
use crate::error::Error;
use crate::file::{rename, sync_directory};

/// A moment of a change at which it may be stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Moment {
    /// The journal is written.
    Noted,
    /// Every new file is written beside its place.
    Staged,
    /// This many files are in their place.
    Placed(usize),
}

/// Why a change stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// Somebody asked for it: what was done is taken back.
    Asked,
    /// The process is gone, as in a power failure: nothing more happens. Only tests say so.
    #[cfg(test)]
    Gone,
}

/// Who makes a change.
#[derive(Clone, Copy, Debug)]
pub(super) struct By<'a> {
    /// The command, `tenant set`.
    pub(super) command: &'a str,
    /// The number of the change that it takes back, if it does.
    pub(super) undoes: Option<u64>,
}

impl<'a> From<&'a str> for By<'a> {
    fn from(command: &'a str) -> Self {
        Self {
            command,
            undoes: None,
        }
    }
}

/// Makes these changes; stopped before the first file is in its place, none of them.
pub(super) fn commit(
    root: &Path,
    by: By<'_>,
    changes: &[Change],
    stopped: &dyn Fn() -> bool,
) -> Result<(), Error> {
    let mut watch = |moment| match moment {
        Moment::Noted | Moment::Staged if stopped() => Err(Stop::Asked),
        _ => Ok(()),
    };
    commit_watched(root, by, changes, &mut watch)
}

/// As [`commit`], telling of each moment.
pub(super) fn commit_watched<'a>(
    root: &Path,
    by: impl Into<By<'a>>,
    changes: &[Change],
    watch: &mut dyn FnMut(Moment) -> Result<(), Stop>,
) -> Result<(), Error> {
    let failed = |error| Error::io(format!("write to {}", root.display()), error);
    let by = by.into();
    place(root, DIRECTORY)?;
    let undo = prepare(root).map_err(failed)?;
    let _lock = lock(&undo)?;
    recover_locked(root, &undo)?;

    let steps = steps(root, changes)?;
    let journal = journal(root, by, &steps);
    let previous: Vec<_> = steps.iter().map(|step| step.previous.as_ref()).collect();
    let pending = journal.write(&undo, &previous).map_err(failed)?;
    match carry_out(&steps, watch) {
        Ok(()) => {}
        #[cfg(test)]
        Err(Failure::Stopped(Stop::Gone)) => return Err(Error::Interrupted),
        Err(failure) => {
            take_back(root, &pending)?;
            return Err(match failure {
                Failure::Stopped(_) => Error::Interrupted,
                Failure::Io { path, error } => Error::io(format!("write {path}"), error),
            });
        }
    }
    finish(&undo, by).map_err(failed)
}

enum Failure {
    Stopped(Stop),
    Io { path: String, error: io::Error },
}

fn journal(root: &Path, by: By<'_>, steps: &[Step]) -> Journal {
    let mut directories = BTreeSet::new();
    let real_root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let inside = |path: &Path| {
        let path = path.strip_prefix(&real_root).unwrap_or(path);
        path.to_string_lossy().replace('\\', "/")
    };
    let entries = steps.iter().map(|step| {
        for above in step.place.ancestors().skip(1) {
            if step.after.is_none() || above.exists() {
                break;
            }
            directories.insert(inside(above));
        }
        Entry {
            path: step.path.clone(),
            before: step.previous.as_ref().map(|(bytes, _)| sha256(bytes)),
            after: step.after.as_deref().map(sha256),
            staged: inside(&step.staged),
        }
    });
    Journal {
        command: by.command.to_owned(),
        undoes: by.undoes,
        entries: entries.collect(),
        directories: directories.into_iter().collect(),
    }
}

fn carry_out(
    steps: &[Step],
    watch: &mut dyn FnMut(Moment) -> Result<(), Stop>,
) -> Result<(), Failure> {
    let mut tell = |moment| watch(moment).map_err(Failure::Stopped);
    tell(Moment::Noted)?;
    let mut folders = BTreeSet::new();
    for step in steps {
        stage(step).map_err(|error| failed(step, error))?;
    }
    tell(Moment::Staged)?;
    for (done, step) in steps.iter().enumerate() {
        let result = match &step.after {
            Some(_) => rename(&step.staged, &step.place),
            None if step.previous.is_some() => fs::remove_file(&step.place),
            None => Ok(()),
        };
        result.map_err(|error| failed(step, error))?;
        folders.extend(step.place.parent());
        tell(Moment::Placed(done + 1))?;
    }
    folders.into_iter().for_each(sync_directory);
    Ok(())
}

fn failed(step: &Step, error: io::Error) -> Failure {
    Failure::Io {
        path: step.path.clone(),
        error,
    }
}

/// The journal of the change that is made becomes one that can be undone.
fn finish(undo: &Path, by: By<'_>) -> io::Result<()> {
    let numbers = numbers(undo);
    let next = numbers.last().unwrap_or(&0) + 1;
    rename(&undo.join(PENDING), &undo.join(next.to_string()))?;
    sync_directory(undo);
    if by.undoes.is_some() {
        // Soon removed again, together with what it took back.
        return Ok(());
    }
    let too_old = numbers.len().saturating_sub(KEPT - 1);
    for number in &numbers[..too_old] {
        // The change is made: one journal too many is no failure of it.
        let _ = fs::remove_dir_all(undo.join(number.to_string()));
    }
    Ok(())
}

/// How many changes can be undone.
const KEPT: usize = 20;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::{Moment, Stop, commit_watched};
    use crate::change::{ChangeSet, last_change, recover, undo};
    use crate::error::Error;

    /// Every file of a project but the journals, with its bytes.
    fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut pending = vec![root.to_owned()];
        while let Some(directory) = pending.pop() {
            for entry in fs::read_dir(directory).expect("a directory").flatten() {
                let path = entry.path();
                let name = path
                    .strip_prefix(root)
                    .expect("inside")
                    .to_string_lossy()
                    .replace('\\', "/");
                if name == ".b2c" {
                } else if path.is_dir() {
                    found.insert(format!("{name}/"), Vec::new());
                    pending.push(path);
                } else {
                    found.insert(name, fs::read(path).expect("readable"));
                }
            }
        }
        found
    }

    /// A project with something to create, edit, remove and rename.
    fn project() -> (tempfile::TempDir, ChangeSet) {
        let root = tempfile::tempdir().expect("a directory");
        let files = [
            ("b2c.toml", "a = 1\r\n"),
            ("old.rs", "old"),
            ("gone.rs", "gone"),
        ];
        for (name, text) in files {
            fs::write(root.path().join(name), text).expect("written");
        }
        let mut changes = ChangeSet::at(root.path());
        changes.write("b2c.toml", "a = 2\n").expect("planned");
        changes.write("src/deep/new.rs", "new\n").expect("planned");
        changes.write_secret(".env", "KEY=1\n").expect("planned");
        changes.remove("gone.rs").expect("planned");
        changes.rename("old.rs", "src/moved.rs").expect("planned");
        (root, changes)
    }

    #[test]
    fn every_change_is_made_and_can_be_taken_back() {
        let (root, changes) = project();
        let before = tree(root.path());
        changes.apply("test").expect("made");
        let after = tree(root.path());
        assert_eq!(after["b2c.toml"], b"a = 2\r\n", "line endings are kept");
        assert_eq!(after["src/deep/new.rs"], b"new\n");
        assert_eq!(after["src/moved.rs"], b"old");
        assert!(!after.contains_key("gone.rs") && !after.contains_key("old.rs"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |name| {
                fs::metadata(root.path().join(name))
                    .expect("there")
                    .permissions()
            };
            assert_eq!(mode(".env").mode() & 0o777, 0o600);
            assert_ne!(mode("src/deep/new.rs").mode() & 0o777, 0o600);
        }

        undo(&last_change(root.path(), false).expect("a change"), &|| {
            false
        })
        .expect("undone");
        assert_eq!(tree(root.path()), before);
        assert!(matches!(
            last_change(root.path(), false),
            Err(Error::Refused { .. })
        ));
    }

    #[test]
    fn a_change_cut_off_at_any_moment_is_taken_back_at_the_next_start() {
        let moments = [Moment::Noted, Moment::Staged];
        for moment in moments.into_iter().chain((1..=6).map(Moment::Placed)) {
            let (root, changes) = project();
            let before = tree(root.path());
            let mut cut = |now| {
                if now == moment {
                    Err(Stop::Gone)
                } else {
                    Ok(())
                }
            };
            let result = commit_watched(root.path(), "test", changes.changes(), &mut cut);
            assert!(result.is_err(), "{moment:?} is reached");
            assert!(recover(root.path()).expect("recovered"), "{moment:?}");
            assert_eq!(tree(root.path()), before, "{moment:?}");
            assert!(!recover(root.path()).expect("nothing left"));
        }
    }

    #[test]
    fn what_is_left_of_a_journal_that_was_being_removed_stops_nobody() {
        let (root, changes) = project();
        let building = root.path().join(".b2c/undo/building");
        fs::create_dir_all(building.join("0")).expect("left over");
        let mut cut = |_| Err(Stop::Gone);
        let result = commit_watched(root.path(), "test", changes.changes(), &mut cut);
        assert!(result.is_err());
        fs::create_dir_all(building.join("0")).expect("left over");
        assert!(recover(root.path()).expect("recovered"));
        assert!(!root.path().join(".b2c/undo/pending").exists());
        changes.apply("test").expect("made");
    }

    #[test]
    fn a_journal_that_cannot_be_removed_fails_no_change() {
        let (root, changes) = project();
        // No directory, so that it cannot be removed as one.
        let undo = root.path().join(".b2c/undo");
        fs::create_dir_all(&undo).expect("created");
        for number in 1..=super::KEPT {
            fs::write(undo.join(number.to_string()), "").expect("written");
        }
        changes.apply("test").expect("made");
        assert_eq!(tree(root.path())["b2c.toml"], b"a = 2\r\n");
    }

    #[test]
    fn an_edit_made_after_the_cut_survives() {
        let (root, changes) = project();
        let mut cut = |now| {
            if now == Moment::Placed(6) {
                Err(Stop::Gone)
            } else {
                Ok(())
            }
        };
        let result = commit_watched(root.path(), "test", changes.changes(), &mut cut);
        assert!(result.is_err());
        fs::write(root.path().join("b2c.toml"), "mine").expect("written");
        assert!(recover(root.path()).expect("recovered"));
        assert_eq!(tree(root.path())["b2c.toml"], b"mine");
    }

    #[test]
    fn ctrl_c_before_the_first_rename_leaves_everything_as_it_was() {
        for moment in [Moment::Noted, Moment::Staged] {
            let (root, changes) = project();
            let before = tree(root.path());
            let mut stop = |now| {
                if now == moment {
                    Err(Stop::Asked)
                } else {
                    Ok(())
                }
            };
            let result = commit_watched(root.path(), "test", changes.changes(), &mut stop);
            assert!(matches!(result, Err(Error::Interrupted)));
            assert_eq!(tree(root.path()), before);
        }
    }

    #[test]
    fn a_failure_in_the_middle_takes_the_rest_back() {
        let (root, changes) = project();
        let before = tree(root.path());
        // A directory where a file is to go cannot be foreseen by looking at the plan.
        let mut block = |now| {
            if now == Moment::Placed(1) {
                fs::create_dir_all(root.path().join("src/moved.rs/x")).expect("created");
            }
            Ok(())
        };
        let result = commit_watched(root.path(), "test", changes.changes(), &mut block);
        assert!(matches!(result, Err(Error::Io { .. })), "{result:?}");
        fs::remove_dir_all(root.path().join("src")).expect("removed");
        assert_eq!(tree(root.path()), before);
    }

    #[test]
    fn a_plan_that_is_out_of_date_is_refused() {
        let (root, changes) = project();
        fs::write(root.path().join("gone.rs"), "edited").expect("written");
        let before = tree(root.path());
        assert!(matches!(changes.apply("test"), Err(Error::Refused { .. })));
        assert_eq!(tree(root.path()), before);
    }
}
