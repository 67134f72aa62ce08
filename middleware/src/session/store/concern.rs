//! What is not right about a store that works.

use std::fmt;

/// What is not right about a store that works, as its server is set up.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StoreConcern {
    /// When its memory is full the server throws sessions out that are in use.
    Evicts {
        /// What the server is told to do, `allkeys-lru`.
        policy: String,
    },
    /// The server keeps no log of what it is told, so that a restart ends the sessions since its last
    /// snapshot, or all.
    Forgets,
}

impl fmt::Display for StoreConcern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evicts { policy } => write!(f, "maxmemory-policy is {policy}"),
            Self::Forgets => f.write_str("appendonly is no"),
        }
    }
}
