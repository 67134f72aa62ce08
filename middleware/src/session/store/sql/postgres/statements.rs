//! The statements, each a transaction of its own.

use crate::config::SqlName;

/// What is asked of the tables, with their names in it.
///
/// Nothing is kept on a connection between two statements: a pooler may give each another.
pub(super) struct Statements {
    /// Key, expiry, bytes, summary, the user's key, the provider session's key.
    pub(super) insert: String,
    /// Key.
    pub(super) load: String,
    /// Key, expected version, expiry, bytes.
    pub(super) replace: String,
    /// Key.
    pub(super) is_there: String,
    /// Key, expiry.
    pub(super) touch: String,
    /// Key.
    pub(super) delete: String,
    /// Index key, limit.
    pub(super) find: String,
    /// Index key, the key to spare or nothing, how many.
    pub(super) delete_some: String,
    /// Key, microseconds.
    pub(super) lock: String,
    /// Key, token, microseconds; none free it.
    pub(super) hold: String,
    /// How many.
    pub(super) remove_expired: String,
    pub(super) remove_forgotten_locks: String,
    /// What the writes are told on.
    pub(super) channel: String,
}

impl Statements {
    pub(super) fn new(schema: Option<&SqlName>, prefix: &SqlName) -> Self {
        let schema = schema.map(|name| format!("{}.", name.as_str()));
        let of = |table| {
            let schema = schema.as_deref().unwrap_or_default();
            format!("{schema}{}{table}", prefix.as_str())
        };
        let (session, lock, channel) = (of("session"), of("lock"), of("writes"));
        Self {
            insert: format!(
                "INSERT INTO {session} \
                 (key, version, expires_at, bytes, summary, user_key, provider_key) \
                 VALUES ($1, 1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO NOTHING RETURNING 1"
            ),
            load: format!("SELECT version, expires_at, bytes FROM {session} WHERE key = $1"),
            replace: format!(
                "WITH changed AS (UPDATE {session} \
                 SET version = version + 1, expires_at = $3, bytes = $4 \
                 WHERE key = $1 AND version = $2 RETURNING key, version) \
                 SELECT pg_notify('{channel}', \
                 'changed ' || encode(key, 'hex') || ' ' || version) FROM changed"
            ),
            is_there: format!("SELECT 1 FROM {session} WHERE key = $1"),
            touch: format!("UPDATE {session} SET expires_at = $2 WHERE key = $1 RETURNING 1"),
            delete: format!(
                "WITH gone AS (DELETE FROM {session} WHERE key = $1 RETURNING key) \
                 SELECT pg_notify('{channel}', 'ended ' || encode(key, 'hex')) FROM gone"
            ),
            find: format!(
                "SELECT key, expires_at, summary FROM {session} \
                 WHERE user_key = $1 OR provider_key = $1 LIMIT $2"
            ),
            // In one order, so that two who end the same sessions wait for each other in turn.
            delete_some: format!(
                "WITH picked AS (SELECT key FROM {session} \
                 WHERE (user_key = $1 OR provider_key = $1) AND ($2::bytea IS NULL OR key <> $2) \
                 ORDER BY key LIMIT $3 FOR UPDATE), \
                 gone AS (DELETE FROM {session} WHERE key IN (SELECT key FROM picked) RETURNING key) \
                 SELECT pg_notify('{channel}', 'ended ' || encode(key, 'hex')) FROM gone"
            ),
            lock: format!(
                "INSERT INTO {lock} AS lock (key, token, until) \
                 VALUES ($1, {NOW}, {NOW} + $2) \
                 ON CONFLICT (key) DO UPDATE \
                 SET token = greatest({NOW}, lock.token + 1), until = {NOW} + $2 \
                 WHERE lock.until <= {NOW} RETURNING token"
            ),
            hold: format!(
                "UPDATE {lock} SET until = {NOW} + $3 \
                 WHERE key = $1 AND token = $2 AND until > {NOW} RETURNING 1"
            ),
            remove_expired: format!(
                "DELETE FROM {session} WHERE key IN (SELECT key FROM {session} \
                 WHERE expires_at < {NOW} / 1000 - {LEEWAY} ORDER BY expires_at LIMIT $1 \
                 FOR UPDATE SKIP LOCKED) RETURNING 1"
            ),
            remove_forgotten_locks: format!(
                "DELETE FROM {lock} WHERE until < {NOW} - {REMEMBERED} RETURNING 1"
            ),
            channel,
        }
    }
}

/// Microseconds by the database's clock, at the moment of the row and not of the transaction.
const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
/// Milliseconds by which an instance's clock may be ahead of the database's and lose no session.
const LEEWAY: i64 = 60_000;
/// Microseconds: how long a lock that nobody holds is remembered. After it tokens begin anew, at the
/// present microsecond, which is greater still while clocks go forward.
const REMEMBERED: i64 = 24 * 60 * 60 * 1_000_000;
