//! Modes, and locks that go with their process.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

/// A new file that its owner alone can read and write (mode 0600).
///
/// # Errors
///
/// It is there already, or cannot be made.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path)
}

/// The permissions of a file with secrets: mode 0600. `None` where the system has none like that.
#[allow(clippy::unnecessary_wraps, reason = "Windows has none")]
pub(crate) fn private() -> Option<Permissions> {
    Some(Permissions::from_mode(0o600))
}

/// Closes a directory to others than its owner (mode 0700).
pub(crate) fn close_directory(directory: &Path) -> io::Result<()> {
    fs::set_permissions(directory, Permissions::from_mode(0o700))
}

/// Whether others than its owner can read or write a file, or run it; `false` for one that is not there.
pub(crate) fn is_open_to_others(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

/// The permissions, without the bits that say what kind of file it is.
pub(crate) fn permission_bits(permissions: &Permissions) -> u32 {
    permissions.mode() & 0o7777
}

/// Moves a file or directory; a file that is there is replaced at once.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Makes renames in a directory outlast a power failure.
pub(crate) fn sync_directory(directory: &Path) {
    if let Ok(directory) = File::open(directory) {
        let _ = directory.sync_all();
    }
}

/// Opens a file that one process at a time can hold; the system lets go of it when the process ends.
///
/// # Errors
///
/// [`io::ErrorKind::WouldBlock`] while another one holds it.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    Ok(file)
}
