//! Changes to the files of a project, planned and not yet made.

use std::fs::{self, Permissions};
use std::path::{Path, PathBuf};

use super::form::TextForm;
use super::place::place;
use super::seen::Seen;
use super::transaction::{By, commit};
use crate::error::Error;
use crate::file::{permission_bits, private};

/// What is to change in a project. Nothing is written before [`apply`](Self::apply).
#[derive(Clone, Debug)]
pub struct ChangeSet {
    root: PathBuf,
    changes: Vec<Change>,
    seen: Seen,
}

/// What is to become of one file.
#[derive(Clone, Eq, PartialEq)]
pub struct Change {
    pub(super) path: String,
    pub(super) from: Option<String>,
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Option<Vec<u8>>,
    pub(super) secret: bool,
    /// The mode of the file, where it is not that of the file before or the system's default.
    pub(super) mode: Option<Permissions>,
}

/// What is done to a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// It is not there yet.
    Create,
    /// It gets other content.
    Edit,
    /// It goes away.
    Remove,
    /// It moves, perhaps with other content.
    Rename,
}

impl ChangeSet {
    /// No changes yet, in the project at this directory.
    pub fn at(root: impl AsRef<Path>) -> Self {
        Self::seeing(root, Seen::default())
    }

    /// As [`at`](Self::at), to files that have been looked at already: as they were then, the changes
    /// replace them, or none at all.
    pub(crate) fn seeing(root: impl AsRef<Path>, seen: Seen) -> Self {
        Self {
            root: root.as_ref().to_owned(),
            changes: Vec::new(),
            seen,
        }
    }

    /// Plans a file with this text, whose lines end with `\n`. A file that is there keeps its own
    /// line endings, byte order mark and mode.
    ///
    /// # Errors
    ///
    /// The path leads out of the project, or what is there cannot be read.
    pub fn write(&mut self, path: &str, text: &str) -> Result<(), Error> {
        self.plan(path, text, false)
    }

    /// As [`write`](Self::write), for a file with secrets: readable by its owner alone (mode
    /// 0600), its content shown by nothing.
    ///
    /// # Errors
    ///
    /// As those of [`write`](Self::write).
    pub fn write_secret(&mut self, path: &str, text: &str) -> Result<(), Error> {
        self.plan(path, text, true)
    }

    /// Plans that a file is readable by its owner alone (mode 0600), with its content as it is;
    /// nothing if it is not there, or on systems without modes.
    ///
    /// # Errors
    ///
    /// As those of [`write`](Self::write).
    pub fn restrict(&mut self, path: &str) -> Result<(), Error> {
        let Some(mode) = private() else {
            return Ok(());
        };
        if let Some(bytes) = self.bytes(path)? {
            self.put(Change {
                mode: Some(mode),
                secret: true,
                ..Change::new(path, Some(bytes.clone()), Some(bytes))
            });
        }
        Ok(())
    }

    /// Plans that a file goes away; nothing if it is not there.
    ///
    /// # Errors
    ///
    /// As those of [`write`](Self::write).
    pub fn remove(&mut self, path: &str) -> Result<(), Error> {
        let before = self.bytes(path)?;
        self.put(Change::new(path, before, None));
        Ok(())
    }

    /// Plans that a file moves, with its bytes as they are; nothing if it is not there.
    ///
    /// # Errors
    ///
    /// As those of [`write`](Self::write); or the target is there already.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<(), Error> {
        if self.bytes(to)?.is_some() {
            return Err(Error::refused(
                format!("{from} is to become {to}, which exists"),
                format!("move {to} away first"),
            ));
        }
        let Some(content) = self.bytes(from)? else {
            return Ok(());
        };
        let secret = is_secret(from) || is_secret(to);
        self.put(Change {
            from: Some(from.to_owned()),
            secret,
            ..Change::new(to, Some(content.clone()), Some(content))
        });
        Ok(())
    }

    /// The text that a file will have, or has: with `\n` at the ends of its lines.
    ///
    /// # Errors
    ///
    /// As those of [`write`](Self::write), or it is not UTF-8.
    pub fn read(&self, path: &str) -> Result<Option<String>, Error> {
        let bytes = match self.changes.iter().find(|change| change.path == path) {
            Some(change) => change.after.clone(),
            None => self.bytes(path)?,
        };
        let text = |bytes: Vec<u8>| TextForm::read(&bytes).map(|(_, text)| text);
        bytes
            .map(|bytes| text(bytes).ok_or_else(|| not_text(path)))
            .transpose()
    }

    /// The changes, in the order in which they were planned.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The directory of the project.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes every change or none, and notes what `undo` needs under this name of a command.
    ///
    /// # Errors
    ///
    /// A file changed since it was first read, or cannot be written; then all is as it was.
    pub fn apply(&self, command: &str) -> Result<(), Error> {
        self.apply_unless(command, &|| false)
    }

    /// As [`apply`](Self::apply), unless somebody stops it before the first file is in its place.
    pub(crate) fn apply_unless(
        &self,
        command: &str,
        stopped: &dyn Fn() -> bool,
    ) -> Result<(), Error> {
        self.make(By::from(command), stopped)
    }

    /// As [`apply_unless`](Self::apply_unless), by whoever says so.
    pub(super) fn make(&self, by: By<'_>, stopped: &dyn Fn() -> bool) -> Result<(), Error> {
        if self.is_empty() {
            return Ok(());
        }
        commit(&self.root, by, &self.changes, stopped)?;
        self.seen.note(&self.root, &self.changes);
        Ok(())
    }

    /// Plans bytes as they are, with the mode they had.
    pub(super) fn restore(
        &mut self,
        path: &str,
        bytes: Option<Vec<u8>>,
        mode: Option<Permissions>,
    ) -> Result<(), Error> {
        let before = self.bytes(path)?;
        self.put(Change {
            mode,
            ..Change::new(path, before, bytes)
        });
        Ok(())
    }

    /// The bytes of a file as it was first seen.
    pub(super) fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        self.seen.bytes(&self.root, path)
    }

    fn plan(&mut self, path: &str, text: &str, secret: bool) -> Result<(), Error> {
        let before = self.bytes(path)?;
        let form = match &before {
            Some(bytes) => TextForm::read(bytes).ok_or_else(|| not_text(path))?.0,
            None => TextForm::default(),
        };
        self.put(Change {
            secret: secret || is_secret(path),
            ..Change::new(path, before, Some(form.write(text)))
        });
        Ok(())
    }

    /// The last plan for a file is the one that counts.
    fn put(&mut self, change: Change) {
        // What is planned a second time stays where it is in the list.
        let known = |other: &Change| other.path == change.path;
        let place = self.changes.iter().position(known);
        self.changes.retain(|other| !known(other));
        if change.from.is_some() || change.before != change.after || self.changes_mode(&change) {
            let place = place.unwrap_or(self.changes.len());
            self.changes.insert(place, change);
        }
    }

    /// Whether the file would get other permissions than it has.
    fn changes_mode(&self, change: &Change) -> bool {
        let Some(mode) = &change.mode else {
            return false;
        };
        let there = place(&self.root, &change.path).and_then(|path| {
            fs::metadata(path).map_err(|error| Error::io("look at a file", error))
        });
        there.is_ok_and(|there| permission_bits(&there.permissions()) != permission_bits(mode))
    }
}

impl Change {
    pub(super) fn new(path: &str, before: Option<Vec<u8>>, after: Option<Vec<u8>>) -> Self {
        Self {
            path: path.to_owned(),
            from: None,
            before,
            after,
            secret: is_secret(path),
            mode: None,
        }
    }

    /// The path in the project, with `/` between its parts.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path that a renamed file had.
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// What is done to the file.
    pub fn action(&self) -> Action {
        match (&self.from, &self.before, &self.after) {
            (Some(_), _, _) => Action::Rename,
            (None, None, _) => Action::Create,
            (None, Some(_), Some(_)) => Action::Edit,
            (None, Some(_), None) => Action::Remove,
        }
    }

    /// Whether the file holds secrets, so that its content is not shown.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// The bytes that the file will have; `None` if it goes away.
    pub fn content(&self) -> Option<&[u8]> {
        self.after.as_deref()
    }
}

impl std::fmt::Debug for Change {
    /// Without content, which may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change")
            .field("path", &self.path)
            .field("action", &self.action())
            .finish_non_exhaustive()
    }
}

impl Action {
    /// The word for it, `edit`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Remove => "remove",
            Self::Rename => "rename",
        }
    }
}

/// Files of these names hold secrets, whoever writes them.
fn is_secret(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == ".env" || (name.starts_with(".env.") && name != ".env.example")
}

fn not_text(path: &str) -> Error {
    Error::refused(
        format!("{path} is not UTF-8 text"),
        "save it as UTF-8, then try again",
    )
}
