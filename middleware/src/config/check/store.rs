//! `session.store` and its table.

use std::time::Duration;

use url::Url;

use super::sql_store;
use crate::config::section::{Section, Sources};
use crate::config::settings::StoreSettings;
use crate::secret::Secret;

pub(super) fn read(session: &mut Section, sources: &mut Sources) -> StoreSettings {
    let named = session.string("store", sources);
    let most_bytes = section_bytes(session, sources);
    // A profile may be kept in memory and leave the tables to the others.
    let store = match named.as_deref() {
        None | Some("memory") => None,
        Some("cookie") => Some(StoreSettings::Cookie { most_bytes }),
        Some("postgres") => sql_store::postgres(session, sources).map(StoreSettings::Postgres),
        Some("redis") => Some(redis(session, sources)),
        Some("sqlite") => sql_store::sqlite(session, sources).map(StoreSettings::Sqlite),
        Some(other) => {
            let expected = "\"memory\", \"cookie\", \"postgres\", \"redis\" or \"sqlite\"";
            sources.report("session.store", format!("\"{other}\""), expected);
            None
        }
    };
    session.forget(&["postgres", "redis", "sqlite"]);
    store.unwrap_or(StoreSettings::Memory)
}

fn redis(session: &mut Section, sources: &mut Sources) -> StoreSettings {
    let mut redis = session.section("redis", sources);
    let url = read_url(&mut redis, sources);
    let prefix = redis.string("prefix", sources);
    let timeout = redis.seconds("timeout_seconds", 1, sources);
    redis.close(sources);
    redis_or_memory(url, prefix, timeout)
}

/// `session.cookie_max_bytes`. Web servers refuse header lines of more than 8 KiB unless told
/// otherwise, and other cookies are in that line, too.
fn section_bytes(session: &mut Section, sources: &mut Sources) -> usize {
    session.bytes("cookie_max_bytes", 7 * 1024, 15 * 1024, sources)
}

fn read_url(redis: &mut Section, sources: &mut Sources) -> Option<Secret> {
    let expected = "{ env = \"REDIS_URL\" } with redis://host:6379, or rediss:// for TLS";
    if !redis.has("url") {
        sources.report("session.redis.url", "nothing", expected);
        return None;
    }
    let url = redis.secret("url", sources)?;
    let parsed = Url::parse(url.expose()).ok();
    let usable = parsed.is_some_and(|url| matches!(url.scheme(), "redis" | "rediss"));
    if !usable {
        // It is not repeated: there may be a password in it.
        sources.report("session.redis.url", "something else", expected);
    }
    Some(url)
}

/// Without a URL the mistake is reported, and the configuration never used.
fn redis_or_memory(
    url: Option<Secret>,
    prefix: Option<String>,
    timeout: Duration,
) -> StoreSettings {
    match url {
        Some(url) => StoreSettings::Redis {
            url,
            prefix: prefix.unwrap_or_else(|| "b2c:".to_owned()),
            timeout,
        },
        None => StoreSettings::Memory,
    }
}
