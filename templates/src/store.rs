//! Where a project keeps its sessions.

use std::fmt;
use std::str::FromStr;

use crate::unknown::Unknown;

/// A store of sessions, as `session.store` writes it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Store {
    /// In the process, `memory`: one instance, whose sessions end with it.
    #[default]
    Memory,
    /// In the browser, sealed, `cookie`.
    Cookie,
    /// In Redis or Valkey, `redis`.
    Redis,
    /// In PostgreSQL, `postgres`.
    Postgres,
    /// In a file of this machine, `sqlite`.
    Sqlite,
}

impl Store {
    /// Every store.
    pub const ALL: [Self; 5] = [
        Self::Memory,
        Self::Cookie,
        Self::Redis,
        Self::Postgres,
        Self::Sqlite,
    ];

    /// The name in settings and on command lines, `redis`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Cookie => "cookie",
            Self::Redis => "redis",
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// The cargo feature of `tower-b2c` that brings the store; `None` for those that are always there.
    pub fn feature(self) -> Option<&'static str> {
        match self {
            Self::Memory | Self::Cookie => None,
            Self::Redis | Self::Postgres | Self::Sqlite => Some(self.name()),
        }
    }
}

impl FromStr for Store {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        let found = Self::ALL.into_iter().find(|store| store.name() == name);
        found.ok_or_else(|| Unknown::new("store", name, &Self::ALL.map(Self::name)))
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
