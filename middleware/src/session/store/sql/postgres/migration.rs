//! The tables.

use crate::config::SqlName;
use crate::crypto::sha256;

/// Makes what is not there yet; what is there stays. Instances that start at the same time wait for
/// each other by an advisory lock, since `IF NOT EXISTS` alone does not keep two from making the same.
///
/// Sent as a whole, it is one transaction.
pub(super) fn script(schema: Option<&SqlName>, prefix: &SqlName) -> String {
    let in_schema = schema.map(|name| format!("{}.", name.as_str()));
    let in_schema = in_schema.as_deref().unwrap_or_default();
    let prefix = prefix.as_str();
    let lock = lock_number(in_schema, prefix);
    // `CREATE SCHEMA IF NOT EXISTS` wants the right to create one even where it exists.
    let make_schema = schema.map_or_else(String::new, |name| {
        let name = name.as_str();
        format!(
            "DO $do$ BEGIN IF to_regnamespace('{name}') IS NULL THEN CREATE SCHEMA {name}; \
             END IF; END $do$;\n"
        )
    });
    let tables = TABLES
        .replace("{in_schema}", in_schema)
        .replace("{prefix}", prefix);
    format!("BEGIN;\nSELECT pg_advisory_xact_lock({lock});\n{make_schema}{tables}COMMIT;\n")
}

/// Whether the tables are there, as one row with `true` or `false`.
pub(super) fn question(schema: Option<&SqlName>, prefix: &SqlName) -> String {
    let in_schema = schema.map(|name| format!("{}.", name.as_str()));
    let in_schema = in_schema.as_deref().unwrap_or_default();
    let prefix = prefix.as_str();
    // The lock's table is made last.
    format!("SELECT to_regclass('{in_schema}{prefix}lock') IS NOT NULL")
}

/// A number of this store's own among the advisory locks of the database.
fn lock_number(in_schema: &str, prefix: &str) -> i64 {
    let hash = sha256(format!("tower-b2c migration\0{in_schema}{prefix}").as_bytes());
    let first = hash.first_chunk().copied();
    first.map_or(0, i64::from_be_bytes)
}

/// Records are ciphertext, which does not compress: `EXTERNAL` keeps the server from trying, and a
/// visit, which moves the expiry, from copying a large one.
const TABLES: &str = "\
CREATE TABLE IF NOT EXISTS {in_schema}{prefix}session (
    key bytea PRIMARY KEY,
    version bigint NOT NULL,
    expires_at bigint NOT NULL,
    bytes bytea NOT NULL,
    summary bytea NOT NULL,
    user_key bytea,
    provider_key bytea
);
ALTER TABLE {in_schema}{prefix}session ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS {prefix}session_expires_at ON {in_schema}{prefix}session (expires_at);
CREATE INDEX IF NOT EXISTS {prefix}session_user ON {in_schema}{prefix}session (user_key);
CREATE INDEX IF NOT EXISTS {prefix}session_provider ON {in_schema}{prefix}session (provider_key);
CREATE TABLE IF NOT EXISTS {in_schema}{prefix}lock (
    key bytea PRIMARY KEY,
    token bigint NOT NULL,
    until bigint NOT NULL
);
";
