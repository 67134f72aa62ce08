//! `session.store` and its table.

use super::sql_store;
use crate::config::section::Section;
use crate::config::settings::StoreSettings;
use crate::config::sources::Sources;

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
    let settings = super::redis::read(&mut redis, sources);
    redis.close(sources);
    // Without one the mistake is reported, and the configuration never used.
    settings.map_or(StoreSettings::Memory, StoreSettings::Redis)
}

/// `session.cookie_max_bytes`. Web servers refuse header lines of more than 8 KiB unless told
/// otherwise, and other cookies are in that line, too.
fn section_bytes(session: &mut Section, sources: &mut Sources) -> usize {
    session.bytes("cookie_max_bytes", 7 * 1024, 15 * 1024, sources)
}
