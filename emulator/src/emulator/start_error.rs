use std::{error, fmt, io};

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
            Self::Io(_) => f.write_str("the loopback interface cannot be used"),
            Self::Damaged => f.write_str("a built-in part of the emulator is damaged"),
        }
    }
}

impl error::Error for StartError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}
