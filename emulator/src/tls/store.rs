//! The two files of a kept authority.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::TlsError;
use crate::random;

/// A kept authority.
pub(super) struct Files {
    pub(super) certificate_pem: String,
    pub(super) private_key_pem: String,
    pub(super) certificate_path: PathBuf,
}

/// Reads both files below `directory`, or writes what `make` returns: certificate, private key.
pub(super) fn load_or_create(
    directory: &Path,
    make: impl FnOnce() -> Result<(String, String), TlsError>,
) -> Result<Files, TlsError> {
    // Later working directories must not change where the files are.
    let directory = std::path::absolute(directory).map_err(failed(directory))?;
    let home = directory.join("ca");
    if !home.exists() {
        let (certificate_pem, private_key_pem) = make()?;
        // Whoever starts at the same time must find both files or neither.
        let draft = directory.join(format!("ca-{}.new", random::guid()));
        let result = write(&directory, &draft, &certificate_pem, &private_key_pem)
            .and_then(|()| publish(&draft, &home));
        if result.is_err() || draft.exists() {
            let _ = fs::remove_dir_all(&draft);
        }
        result.map_err(failed(&home))?;
    }
    let certificate_path = home.join(CERTIFICATE);
    let key_path = home.join(PRIVATE_KEY);
    Ok(Files {
        certificate_pem: fs::read_to_string(&certificate_path)
            .map_err(failed(&certificate_path))?,
        private_key_pem: fs::read_to_string(&key_path).map_err(failed(&key_path))?,
        certificate_path,
    })
}

fn write(directory: &Path, draft: &Path, certificate: &str, private_key: &str) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    fs::create_dir(draft)?;
    restrict(draft, 0o700)?;
    fs::write(draft.join(CERTIFICATE), certificate)?;
    let key_path = draft.join(PRIVATE_KEY);
    fs::write(&key_path, private_key)?;
    restrict(&key_path, 0o600)
}

/// Another emulator may have been faster; then its authority counts.
fn publish(draft: &Path, home: &Path) -> io::Result<()> {
    match fs::rename(draft, home) {
        Err(_) if home.exists() => Ok(()),
        result => result,
    }
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// What is below a Windows user's profile is closed to others already; elsewhere a file is as closed as the
/// directory that it is in.
#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> TlsError {
    let path = path.to_owned();
    move |error| TlsError::Io { path, error }
}

const CERTIFICATE: &str = "certificate.pem";
const PRIVATE_KEY: &str = "private-key.pem";
