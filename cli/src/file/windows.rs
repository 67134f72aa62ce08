//! Access control lists, which a file has from its directory, and locks by sharing modes.
//!
//! What is below a user's profile is closed to other users, as are its subdirectories; elsewhere (`C:\src`)
//! every user of the machine may read by default. Nothing here changes that: whoever keeps secrets there
//! closes the directory, once (`icacls`).

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A new file that whoever may read its directory can read.
///
/// # Errors
///
/// It is there already, or cannot be made.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    File::create_new(path)
}

/// The permissions of a file with secrets: those of its directory.
pub(crate) fn private() -> Option<Permissions> {
    None
}

/// Nothing: it is as closed as the directory that it is in.
#[allow(clippy::unnecessary_wraps, reason = "Unix can fail")]
pub(crate) fn close_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Never: who may read a file, its attributes do not say.
pub(crate) fn is_open_to_others(_: &Path) -> bool {
    false
}

/// Whether the file can only be read.
pub(crate) fn permission_bits(permissions: &Permissions) -> u32 {
    u32::from(permissions.readonly())
}

/// Moves a file or directory; a file that is there is replaced at once. Virus scanners and indexers hold
/// new files open for moments, in which Windows refuses: it is tried again for a second.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let started = Instant::now();
    loop {
        match fs::rename(from, to) {
            Err(error) if is_in_use(&error) && started.elapsed() < PATIENCE => sleep(PAUSE),
            result => return result,
        }
    }
}

/// Nothing: a directory cannot be flushed, and NTFS keeps a journal of its own.
pub(crate) fn sync_directory(_: &Path) {}

/// Opens a file that one process at a time can hold; the system lets go of it when the process ends.
///
/// # Errors
///
/// [`io::ErrorKind::WouldBlock`] while another one holds it.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    // Nobody else can open it until it is closed.
    options.share_mode(0);
    match options.open(path) {
        Err(error) if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => {
            Err(io::ErrorKind::WouldBlock.into())
        }
        result => result,
    }
}

fn is_in_use(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(ERROR_ACCESS_DENIED | ERROR_SHARING_VIOLATION)
    )
}

/// <https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499->
const ERROR_ACCESS_DENIED: i32 = 5;
const ERROR_SHARING_VIOLATION: i32 = 32;
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);
