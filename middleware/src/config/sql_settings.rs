//! `[session.postgres]` and `[session.sqlite]`.

use std::path::PathBuf;
use std::time::Duration;

use super::sql_name::SqlName;
use crate::secret::Secret;

/// Sessions in PostgreSQL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PostgresSettings {
    pub(crate) url: Secret,
    /// The way past a pooler for what listens.
    pub(crate) listen_url: Option<Secret>,
    /// `None` for the first of the server's search path.
    pub(crate) schema: Option<SqlName>,
    pub(crate) prefix: SqlName,
    pub(crate) timeout: Duration,
    /// The most that are open at once.
    pub(crate) connections: usize,
    /// Whether the tables are made where they are missing.
    pub(crate) migrate: bool,
    /// Whether statements stay on their connection.
    pub(crate) prepared_statements: bool,
}

/// Sessions in a SQLite file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SqliteSettings {
    pub(crate) path: PathBuf,
    pub(crate) prefix: SqlName,
    pub(crate) timeout: Duration,
}
