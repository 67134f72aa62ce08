//! Makes an addition only if the crate builds with it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::plan::Addition;
use super::target::Target;
use crate::change::{ChangeSet, last_change, undo};
use crate::error::Error;
use crate::project::refuse_unless_ignored;

/// Makes the changes of an addition. With a `check` the crate has to pass it before and after; if it
/// does not, everything is as it was, `Cargo.lock` included. What cargo makes of that file becomes part
/// of the change, to be undone with it.
///
/// # Errors
///
/// The crate does not build before or after; or as those of [`ChangeSet::apply`].
pub(crate) fn make(
    addition: &Addition,
    target: &Target,
    check: Option<&dyn Fn() -> Result<bool, Error>>,
    stopped: &dyn Fn() -> bool,
) -> Result<(), Error> {
    let changes = &addition.changes;
    if changes.is_empty() {
        return Ok(());
    }
    let Some(check) = check else {
        changes.apply_unless(COMMAND, stopped)?;
        return keep_secrets(addition, target);
    };
    let versions = Versions::of(changes.root())?;
    let passes = |what: &str, hint: &str| match check() {
        Ok(true) if !stopped() => Ok(()),
        Err(error) => Err(error),
        Ok(_) if stopped() => Err(Error::Interrupted),
        Ok(_) => Err(Error::refused(format!("{} {what}", target.package), hint)),
    };
    let before = passes(
        "does not build as it is; cargo says why above. Nothing was written",
        "mend it first; or --no-check, if it is not to build here",
    );
    if let Err(error) = before {
        versions.restore(changes.root())?;
        return Err(error);
    }
    changes.apply_unless(COMMAND, stopped)?;
    let after = keep_secrets(addition, target).and_then(|()| {
        passes(
            "does not build with what would be added; cargo says why above. Everything is as it was",
            "without --wire the program is left as it is; --no-check writes it all the same",
        )
    });
    let settled = Versions::of(changes.root())?;
    if after.is_ok() && settled == versions {
        return Ok(());
    }
    take_back(changes)?;
    versions.restore(changes.root())?;
    after?;
    let mut changes = changes.clone();
    if let Some(text) = settled
        .0
        .as_deref()
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
    {
        changes.write(LOCK_FILE, text)?;
    }
    changes.apply(COMMAND)
}

/// Git has to ignore what it was told to ignore, whatever other files say.
fn keep_secrets(addition: &Addition, target: &Target) -> Result<(), Error> {
    let secrets = addition
        .changes
        .changes()
        .iter()
        .filter(|change| change.is_secret());
    for secret in secrets {
        let seen = refuse_unless_ignored(target.root(), secret.path());
        if seen.is_err() {
            take_back(&addition.changes)?;
            return seen;
        }
    }
    Ok(())
}

fn take_back(changes: &ChangeSet) -> Result<(), Error> {
    undo(&last_change(changes.root(), true)?, &|| false)
}

/// What `Cargo.lock` is, if it is there.
#[derive(Eq, PartialEq)]
struct Versions(Option<Vec<u8>>);

impl Versions {
    fn of(root: &Path) -> Result<Self, Error> {
        match fs::read(root.join(LOCK_FILE)) {
            Ok(bytes) => Ok(Self(Some(bytes))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self(None)),
            Err(error) => Err(Error::io(format!("read {LOCK_FILE}"), error)),
        }
    }

    fn restore(&self, root: &Path) -> Result<(), Error> {
        if Self::of(root)? == *self {
            return Ok(());
        }
        let path = root.join(LOCK_FILE);
        let done = match &self.0 {
            Some(bytes) => fs::write(path, bytes),
            None => fs::remove_file(path),
        };
        done.map_err(|error| Error::io(format!("restore {LOCK_FILE}"), error))
    }
}

const COMMAND: &str = "add";
const LOCK_FILE: &str = "Cargo.lock";
