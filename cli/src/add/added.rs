//! A crate that was added to, as its lock file has it.

use b2c_templates::File;

use super::answers::Answers;
use crate::error::Error;
use crate::lock::LockFile;

/// What was added to a crate, to be brought up to date.
pub(crate) struct Added(Answers);

impl Added {
    /// What the lock file has in place of a template's name.
    pub(super) const TEMPLATE: &str = "added";

    /// What was added, if this is the lock file of a crate that was added to.
    pub(crate) fn of(lock: &LockFile) -> Option<Self> {
        (lock.template == Self::TEMPLATE).then(|| Answers::of(&lock.answers).map(Self))?
    }

    /// The files that this version would write. The manifest and the program are people's own.
    ///
    /// # Errors
    ///
    /// There are no random bytes for a key.
    pub(crate) fn files(&self) -> Result<Vec<File>, Error> {
        self.0.files()
    }
}
