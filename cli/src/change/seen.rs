//! The files of a project as they were when a command first looked at them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::place::place;
use super::set::Change;
use crate::error::Error;

/// What a command has seen, each file once: what it works out from a text then replaces that very text, or
/// is refused because another process was faster. Copies see the same.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<BTreeMap<PathBuf, Bytes>>>);

/// What is in a file; `None` if it is not there.
type Bytes = Option<Vec<u8>>;

impl Seen {
    /// The bytes of a file of the project, as they were the first time.
    ///
    /// # Errors
    ///
    /// The path leads out of the project, or what is there cannot be read.
    pub(crate) fn bytes(&self, root: &Path, path: &str) -> Result<Bytes, Error> {
        let place = place(root, path)?;
        if let Some(known) = self.known().get(&place) {
            return Ok(known.clone());
        }
        let bytes = match fs::read(&place) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(Error::io(format!("read {path}"), error)),
        };
        self.known().insert(place, bytes.clone());
        Ok(bytes)
    }

    /// These changes are made.
    pub(super) fn note(&self, root: &Path, changes: &[Change]) {
        let mut known = self.known();
        for change in changes {
            let from = change.from.as_deref().map(|from| (from, None));
            let files = [(change.path.as_str(), change.after.clone())];
            for (path, bytes) in from.into_iter().chain(files) {
                if let Ok(place) = place(root, path) {
                    known.insert(place, bytes);
                }
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Bytes>> {
        // Whatever happened to its holder, every entry is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Seen {
    /// Without content, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.known().keys()).finish()
    }
}
