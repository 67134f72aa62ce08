use std::{error, fmt, io};

use crate::{SeedError, tls::TlsError};

/// Why the emulator did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// Another program listens on this port of the loopback interface.
    PortTaken {
        /// The port.
        port: u16,
    },
    /// A tenant name is one domain label or a domain: letters, digits, hyphens and dots.
    InvalidTenant {
        /// The name that was given.
        name: String,
    },
    /// The seed has a mistake.
    Seed(SeedError),
    /// Two tenants of one kind have the same name or GUID.
    DuplicateTenant {
        /// The name that was given.
        name: String,
    },
    /// There is no certificate authority.
    Tls(TlsError),
    /// The loopback interface could not be used.
    Io(io::Error),
    /// A part that is built into the emulator is damaged.
    Damaged,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PortTaken { port } => write!(f, "port {port} is already in use"),
            Self::InvalidTenant { name } => write!(f, "'{name}' is not a tenant name"),
            Self::Seed(problem) => problem.fmt(f),
            Self::DuplicateTenant { name } => write!(f, "there are two tenants '{name}'"),
            Self::Tls(error) => error.fmt(f),
            Self::Io(_) => f.write_str("the loopback interface cannot be used"),
            Self::Damaged => f.write_str("a built-in part of the emulator is damaged"),
        }
    }
}

impl From<TlsError> for StartError {
    fn from(error: TlsError) -> Self {
        Self::Tls(error)
    }
}

impl error::Error for StartError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Tls(error) => error.source(),
            _ => None,
        }
    }
}
