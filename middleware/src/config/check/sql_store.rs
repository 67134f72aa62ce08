//! `[session.postgres]` and `[session.sqlite]`.

use url::Url;

use crate::config::section::Section;
use crate::config::sources::Sources;
use crate::config::sql_name::SqlName;
use crate::config::sql_settings::{PostgresSettings, SqliteSettings};
use crate::secret::Secret;

/// Nothing if it is reported that the URL is missing, or is something else.
pub(super) fn postgres(session: &mut Section, sources: &mut Sources) -> Option<PostgresSettings> {
    let mut table = session.section("postgres", sources);
    let url = if table.has("url") {
        read_url(&mut table, "url", sources)
    } else {
        table.forget(&["url"]);
        sources.report("session.postgres.url", "nothing", POSTGRES_URL);
        None
    };
    let listen_url = read_url(&mut table, "listen_url", sources);
    let schema = read_name(&mut table, "schema", sources);
    let prefix = read_name(&mut table, "prefix", sources);
    let timeout = table.seconds("timeout_seconds", 1, sources);
    let connections = table.count("connections", 10, MOST_CONNECTIONS, sources);
    let migrate = table.boolean("migrate", true, sources);
    let prepared_statements = table.boolean("prepared_statements", true, sources);
    table.close(sources);
    Some(PostgresSettings {
        url: url?,
        listen_url,
        schema,
        prefix: prefix.unwrap_or_else(SqlName::default_prefix),
        timeout,
        connections,
        migrate,
        prepared_statements,
    })
}

/// Nothing if it is reported that the path is missing, or is not a file's.
pub(super) fn sqlite(session: &mut Section, sources: &mut Sources) -> Option<SqliteSettings> {
    let mut table = session.section("sqlite", sources);
    let named = table.string("path", sources);
    let path = match named.as_deref() {
        None => {
            sources.report("session.sqlite.path", "nothing", FILE);
            None
        }
        Some(name) if name.is_empty() || name.contains(":memory:") || name.contains("://") => {
            sources.report("session.sqlite.path", format!("\"{name}\""), FILE);
            None
        }
        Some(name) => Some(sources.directory.join(name)),
    };
    let prefix = read_name(&mut table, "prefix", sources).unwrap_or_else(SqlName::default_prefix);
    let timeout = table.seconds("timeout_seconds", 1, sources);
    table.close(sources);
    let path = path?;
    Some(SqliteSettings {
        path: std::path::absolute(&path).unwrap_or(path),
        prefix,
        timeout,
    })
}

fn read_url(table: &mut Section, key: &'static str, sources: &mut Sources) -> Option<Secret> {
    let path = table.path(key);
    let url = table.secret(key, sources)?;
    let parsed = Url::parse(url.expose()).ok();
    let usable = parsed.is_some_and(|url| matches!(url.scheme(), "postgres" | "postgresql"));
    if !usable {
        // It is not repeated: there may be a password in it.
        sources.report(&path, "something else", POSTGRES_URL);
    }
    usable.then_some(url)
}

fn read_name(table: &mut Section, key: &'static str, sources: &mut Sources) -> Option<SqlName> {
    let path = table.path(key);
    let text = table.string(key, sources)?;
    let name = SqlName::new(&text);
    if name.is_none() {
        sources.report(&path, format!("\"{text}\""), SqlName::FORM);
    }
    name
}

const POSTGRES_URL: &str =
    "{ env = \"DATABASE_URL\" } with postgres://user:password@host/database?sslmode=verify-full";
const FILE: &str = "a file in a directory of this machine, such as \"sessions.db\"";
const MOST_CONNECTIONS: u32 = 1000;
