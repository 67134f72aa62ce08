use std::{
    env,
    path::{Path, PathBuf},
};

use super::{CertificateAuthority, TlsError};

/// Where the certificate authority of an emulator that serves https comes from.
#[derive(Clone, Debug)]
pub struct Tls(Place);

#[derive(Clone, Debug)]
enum Place {
    Memory,
    Directory(PathBuf),
    User,
}

impl Tls {
    /// A new authority that is never written down: for tests, which hand its certificate to their
    /// client.
    pub fn ephemeral() -> Self {
        Self(Place::Memory)
    }

    /// An authority that is created in a directory on the first start and kept there.
    pub fn kept_in(directory: impl Into<PathBuf>) -> Self {
        Self(Place::Directory(directory.into()))
    }

    /// The authority of this user, which every emulator of theirs can share:
    /// `$XDG_STATE_HOME/b2c-emulator` (or `~/.local/state/b2c-emulator`) on Linux,
    /// `~/Library/Application Support/b2c-emulator` on macOS, `%LOCALAPPDATA%\b2c-emulator` on
    /// Windows.
    pub fn of_user() -> Self {
        Self(Place::User)
    }

    /// Opens the authority, and creates it if there is none yet.
    pub fn certificate_authority(&self) -> Result<CertificateAuthority, TlsError> {
        match &self.0 {
            Place::Memory => CertificateAuthority::ephemeral(),
            Place::Directory(directory) => CertificateAuthority::kept_in(directory),
            Place::User => CertificateAuthority::kept_in(&user_directory()?),
        }
    }
}

fn user_directory() -> Result<PathBuf, TlsError> {
    let variable = |name: &str| {
        let path = PathBuf::from(env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let below_home = |rest: &str| Some(variable("HOME")?.join(rest));
    let states = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        below_home("Library/Application Support")
    } else {
        variable("XDG_STATE_HOME").or_else(|| below_home(".local/state"))
    };
    states
        .map(|states| states.join(Path::new("b2c-emulator")))
        .ok_or(TlsError::NoUserDirectory)
}
