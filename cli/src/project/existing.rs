//! A project that is there already.

use std::path::{Path, PathBuf};

use b2c_templates::{Deploy, Kind};

use super::answers::with_deploy;
use crate::change::{ChangeSet, Seen, TextForm, last_change, recover, undo};
use crate::error::Error;
use crate::lock::{Base, LockFile};

/// A project that people work in, with what this tool wrote into it.
#[derive(Clone, Debug)]
pub struct Project {
    root: PathBuf,
    lock: Option<LockFile>,
    base: Base,
    recovered: bool,
    seen: Seen,
}

impl Project {
    /// Opens the project in this directory. A change that an interrupted process left half done is
    /// taken back first.
    ///
    /// # Errors
    ///
    /// There is no `b2c.toml`; or the lock file or the base is not as it was written.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, Error> {
        let root = directory.as_ref();
        if !root.join(CONFIG_FILE).is_file() {
            return Err(Error::NotAProject {
                directory: root.to_owned(),
                missing: CONFIG_FILE,
            });
        }
        let recovered = recover(root)?;
        let seen = Seen::default();
        let text = |path| text(root, &seen, path);
        let lock = text(LockFile::PATH)?.map(|text| LockFile::parse(&text));
        let base = text(Base::PATH)?.map(|text| Base::parse(&text));
        Ok(Self {
            root: root.to_owned(),
            lock: lock.transpose()?,
            base: base.transpose()?.unwrap_or_default(),
            recovered,
            seen,
        })
    }

    /// The directory of the project.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether a change was taken back that an interrupted process had left.
    pub fn was_recovered(&self) -> bool {
        self.recovered
    }

    /// What was written into the project; `None` where this tool did not generate it.
    pub(crate) fn lock(&self) -> Option<&LockFile> {
        self.lock.as_ref()
    }

    /// The same project, with files for more places to run at: `update` brings them.
    pub fn with_deploy(mut self, more: &[Deploy]) -> Self {
        if let Some(lock) = &mut self.lock {
            lock.answers = with_deploy(&lock.answers, more);
        }
        self
    }

    /// The same project, with files for another kind of provider: `update` brings them.
    pub(crate) fn of_kind(mut self, kind: Kind) -> Self {
        if let Some(lock) = &mut self.lock {
            lock.set_kind(kind);
        }
        self
    }

    /// The files as they were written.
    pub(crate) fn base(&self) -> &Base {
        &self.base
    }

    /// Takes the last change back, byte for byte, and returns what that changed.
    ///
    /// # Errors
    ///
    /// There is nothing to take back; or, unless they are to be given up (`force`), somebody has edited
    /// one of the files since.
    pub fn undo(&self, force: bool) -> Result<ChangeSet, Error> {
        let last = last_change(&self.root, force)?;
        undo(&last, &|| false)?;
        Ok(last.changes().clone())
    }

    /// A file as it was written last; `None` where that is not known, or not what the lock file has, as
    /// after a merge of branches that took one from each side.
    pub(crate) fn written(&self, path: &str) -> Option<&str> {
        let locked = self.lock.as_ref()?.files.get(path)?;
        self.base.get(path).filter(|text| locked.is(text))
    }

    /// The text of a file, with `\n`; `None` if it is not there.
    ///
    /// # Errors
    ///
    /// It cannot be read, is not UTF-8, or is outside the project.
    pub(crate) fn read(&self, path: &str) -> Result<Option<String>, Error> {
        self.changes().read(path)
    }

    /// No changes yet. Files that another process writes from the moment on at which this one first looked
    /// at them are not replaced: the changes are refused.
    pub(crate) fn changes(&self) -> ChangeSet {
        self.changes_at(&self.root)
    }

    /// As [`changes`](Self::changes), in a directory around the project.
    pub(crate) fn changes_at(&self, root: &Path) -> ChangeSet {
        ChangeSet::seeing(root, self.seen.clone())
    }

    /// Plans the lock file and the base, with what a change makes of them.
    pub(crate) fn record(
        changes: &mut ChangeSet,
        lock: &LockFile,
        base: &Base,
    ) -> Result<(), Error> {
        changes.write(LockFile::PATH, &lock.to_text())?;
        changes.write(Base::PATH, &base.to_text())
    }
}

fn text(root: &Path, seen: &Seen, path: &str) -> Result<Option<String>, Error> {
    let Some(bytes) = seen.bytes(root, path)? else {
        return Ok(None);
    };
    let text = TextForm::read(&bytes).map(|(_, text)| text);
    text.map(Some).ok_or_else(|| {
        Error::refused(
            format!("{path} is not UTF-8 text"),
            format!("restore it from version control: git checkout -- {path}"),
        )
    })
}

/// Where the settings of a project are.
pub(crate) const CONFIG_FILE: &str = "b2c.toml";
