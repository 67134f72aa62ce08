use std::{error, fmt, io, path::PathBuf};

/// Why there is no certificate authority.
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// A file of the authority cannot be read or written.
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// A file is not what an emulator wrote there. Deleting its directory makes a new authority.
    Damaged {
        /// The directory.
        path: PathBuf,
    },
    /// The environment does not say where this user's state is kept.
    NoUserDirectory,
    /// A host name cannot be in a certificate.
    InvalidHost {
        /// The name that was given.
        name: String,
    },
    /// A key or a certificate could not be made.
    Crypto,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Damaged { path } => write!(
                f,
                "the certificate authority in {} is damaged; delete it to have a new one made",
                path.display()
            ),
            Self::NoUserDirectory => {
                f.write_str("no directory for this user's state; choose one with --ca-dir")
            }
            Self::InvalidHost { name } => write!(f, "'{name}' is not a host name"),
            Self::Crypto => f.write_str("a certificate could not be made"),
        }
    }
}

impl error::Error for TlsError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl From<rcgen::Error> for TlsError {
    fn from(_: rcgen::Error) -> Self {
        Self::Crypto
    }
}
