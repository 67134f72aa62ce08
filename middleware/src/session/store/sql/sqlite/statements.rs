//! The tables and the statements, each a transaction of its own.

use crate::config::SqlName;

/// What is asked of the tables, with their names in it.
pub(super) struct Statements {
    /// Makes what is not there yet; what is there stays. One transaction.
    pub(super) migration: String,
    /// Key, expiry, bytes, summary, the user's key, the provider session's key.
    pub(super) insert: String,
    /// Key.
    pub(super) load: String,
    /// Key, expected version, expiry, bytes.
    pub(super) replace: String,
    /// Key, expiry.
    pub(super) touch: String,
    /// Key.
    pub(super) delete: String,
    /// Index key, limit.
    pub(super) find: String,
    /// Index key, the key to spare or nothing, how many.
    pub(super) delete_some: String,
    /// Key, now, until.
    pub(super) lock: String,
    /// Key, token, now, until.
    pub(super) hold: String,
    /// The last expiry to go, how many.
    pub(super) remove_expired: String,
    /// The last end of a lock to be forgotten.
    pub(super) remove_forgotten_locks: String,
}

impl Statements {
    pub(super) fn new(prefix: &SqlName) -> Self {
        let prefix = prefix.as_str();
        let (session, lock) = (format!("{prefix}session"), format!("{prefix}lock"));
        Self {
            migration: TABLES.replace("{prefix}", prefix),
            insert: format!(
                "INSERT INTO {session} \
                 (key, version, expires_at, bytes, summary, user_key, provider_key) \
                 VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (key) DO NOTHING"
            ),
            load: format!("SELECT version, expires_at, bytes FROM {session} WHERE key = ?1"),
            replace: format!(
                "UPDATE {session} SET version = version + 1, expires_at = ?3, bytes = ?4 \
                 WHERE key = ?1 AND version = ?2"
            ),
            touch: format!("UPDATE {session} SET expires_at = ?2 WHERE key = ?1"),
            delete: format!("DELETE FROM {session} WHERE key = ?1"),
            find: format!(
                "SELECT key, expires_at, summary FROM {session} \
                 WHERE user_key = ?1 OR provider_key = ?1 LIMIT ?2"
            ),
            delete_some: format!(
                "DELETE FROM {session} WHERE key IN (SELECT key FROM {session} \
                 WHERE (user_key = ?1 OR provider_key = ?1) AND key IS NOT ?2 LIMIT ?3)"
            ),
            lock: format!(
                "INSERT INTO {lock} (key, token, until) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (key) DO UPDATE \
                 SET token = max(?2, token + 1), until = ?3 WHERE until <= ?2 RETURNING token"
            ),
            hold: format!(
                "UPDATE {lock} SET until = ?4 WHERE key = ?1 AND token = ?2 AND until > ?3"
            ),
            remove_expired: format!(
                "DELETE FROM {session} WHERE key IN (SELECT key FROM {session} \
                 WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)"
            ),
            remove_forgotten_locks: format!("DELETE FROM {lock} WHERE until < ?1"),
        }
    }
}

const TABLES: &str = "\
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS {prefix}session (
    key BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    summary BLOB NOT NULL,
    user_key BLOB,
    provider_key BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS {prefix}session_expires_at ON {prefix}session (expires_at);
CREATE INDEX IF NOT EXISTS {prefix}session_user ON {prefix}session (user_key);
CREATE INDEX IF NOT EXISTS {prefix}session_provider ON {prefix}session (provider_key);
CREATE TABLE IF NOT EXISTS {prefix}lock (
    key BLOB PRIMARY KEY NOT NULL,
    token INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
COMMIT;
";
