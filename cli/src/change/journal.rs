//! The journal of a change: what the files were, kept in `.b2c/undo/`.
//!
//! `.b2c/undo/pending/` exists while a change is being made, and becomes `.b2c/undo/<n>/` when it
//! is. It holds `journal.json` and the previous bytes of each file, named by their number.

use std::fmt::Display;
use std::fs::{self, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::place::place;
use crate::digest::sha256;
use crate::error::Error;
use crate::file::{close_directory, create_private, rename, sync_directory};

/// What a journal says of one file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Entry {
    /// The path in the project.
    pub(super) path: String,
    /// The digest of what it was; `None` if it was not there.
    pub(super) before: Option<String>,
    /// The digest of what it becomes; `None` if it goes away.
    pub(super) after: Option<String>,
    /// Where its new bytes are written first, in the same directory.
    pub(super) staged: String,
}

/// What a journal says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Journal {
    /// The command that made the change, `tenant set`.
    pub(super) command: String,
    /// The number of the change that this one takes back, if it does.
    pub(super) undoes: Option<u64>,
    pub(super) entries: Vec<Entry>,
    /// Directories that did not exist, outermost first.
    pub(super) directories: Vec<String>,
}

impl Journal {
    /// The journal in a directory; `None` where there is none. A change is noted before anything of it is
    /// made, and nothing of it is left to take back when its note goes: such a directory is what remains of
    /// one that was being written or removed.
    ///
    /// # Errors
    ///
    /// There is one that cannot be read; the error says what to do, which is not for a program to decide.
    pub(super) fn read(directory: &Path) -> Result<Option<Self>, Error> {
        let file = directory.join(FILE);
        let unreadable = |error| unreadable(directory, &error);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        let value = serde_json::from_str(&text).map_err(|error| unreadable(error.into()))?;
        let journal = Self::from_json(&value);
        let journal = journal.ok_or_else(|| unreadable(io::Error::other("it is no journal")))?;
        Ok(Some(journal))
    }

    /// Writes the journal, and the previous bytes of each file, under another name first: a
    /// journal is whole or not there.
    pub(super) fn write(
        &self,
        undo: &Path,
        previous: &[Option<&(Vec<u8>, Permissions)>],
    ) -> io::Result<PathBuf> {
        let building = undo.join(BUILDING);
        if building.exists() {
            fs::remove_dir_all(&building)?;
        }
        let pending = undo.join(PENDING);
        let built = self.build(&building, previous);
        match built.and_then(|()| rename(&building, &pending)) {
            Ok(()) => {
                sync_directory(undo);
                Ok(pending)
            }
            Err(error) => {
                let _ = fs::remove_dir_all(&building);
                Err(error)
            }
        }
    }

    fn build(
        &self,
        building: &Path,
        previous: &[Option<&(Vec<u8>, Permissions)>],
    ) -> io::Result<()> {
        fs::create_dir(building)?;
        close_directory(building)?;
        for (number, previous) in previous.iter().enumerate() {
            if let Some((bytes, permissions)) = previous {
                let mut file = create_private(&building.join(number.to_string()))?;
                file.write_all(bytes)?;
                file.set_permissions(permissions.clone())?;
                file.sync_all()?;
            }
        }
        let mut file = create_private(&building.join(FILE))?;
        file.write_all(format!("{:#}\n", self.to_json()).as_bytes())?;
        file.sync_all()?;
        // Its name, too, before that of the directory.
        sync_directory(building);
        Ok(())
    }

    fn to_json(&self) -> Value {
        let entries = self.entries.iter().map(|entry| {
            json!({
                "path": entry.path,
                "before": entry.before,
                "after": entry.after,
                "staged": entry.staged,
            })
        });
        json!({
            "version": 1,
            "command": self.command,
            "undoes": self.undoes,
            "files": entries.collect::<Vec<_>>(),
            "directories": self.directories,
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let text = |value: &Value, key: &str| value.get(key)?.as_str().map(str::to_owned);
        let entries = value.get("files")?.as_array()?.iter().map(|entry| {
            Some(Entry {
                path: text(entry, "path")?,
                before: text(entry, "before"),
                after: text(entry, "after"),
                staged: text(entry, "staged")?,
            })
        });
        let directories = value.get("directories")?.as_array()?.iter();
        Some(Self {
            command: text(value, "command")?,
            undoes: value.get("undoes").and_then(Value::as_u64),
            entries: entries.collect::<Option<_>>()?,
            directories: directories
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
        })
    }
}

impl Entry {
    /// Where its new bytes are on disk while the change is being made: beside its place, under a name that
    /// only this tool gives (`.NAME.b2c-PID`). `None` where the journal names anything else: a project may
    /// come from somebody else, with its journal.
    pub(super) fn staged(&self, root: &Path) -> Option<PathBuf> {
        let place = place(root, &self.path).ok()?;
        let name = place.file_name()?.to_string_lossy();
        let staged = root.canonicalize().ok()?.join(&self.staged);
        let given = staged.file_name()?.to_str()?;
        let process = given.strip_prefix(&format!(".{name}.b2c-"))?;
        let is_beside = staged == place.with_file_name(given);
        (is_beside && process.parse::<u32>().is_ok()).then_some(staged)
    }

    /// Whether the file is now as this change left it.
    pub(super) fn is_after(&self, now: Option<&[u8]>) -> bool {
        now.map(sha256) == self.after
    }

    /// Whether the file is now as it was before the change.
    pub(super) fn is_before(&self, now: Option<&[u8]>) -> bool {
        now.map(sha256) == self.before
    }
}

/// The error about the journal in a directory that can be read by nobody, or that is not believed.
pub(super) fn unreadable(directory: &Path, error: &dyn Display) -> Error {
    let file = directory.join(FILE);
    Error::refused(
        format!("{} cannot be read: {error}", file.display()),
        format!(
            "the change that it is about cannot be taken back: compare the project's files with their last \
             commit ({0} has some of them as they were before); then remove {0}",
            directory.display()
        ),
    )
}

/// The directory of the journals, which no version control sees.
pub(super) fn prepare(root: &Path) -> io::Result<PathBuf> {
    let undo = root.join(DIRECTORY);
    fs::create_dir_all(&undo)?;
    let ignore = undo.join(".gitignore");
    if !ignore.exists() {
        fs::write(ignore, "*\n")?;
    }
    Ok(undo)
}

/// The numbers of the changes that can be undone, in their order.
pub(super) fn numbers(undo: &Path) -> Vec<u64> {
    let entries = fs::read_dir(undo).into_iter().flatten().flatten();
    let mut numbers: Vec<_> = entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

/// Where the journals are, beneath the project.
pub(super) const DIRECTORY: &str = ".b2c/undo";
/// The journal of a change that is being made.
pub(super) const PENDING: &str = "pending";
/// One that is being written, or removed: no journal yet, or no longer.
pub(super) const BUILDING: &str = "building";
const FILE: &str = "journal.json";
