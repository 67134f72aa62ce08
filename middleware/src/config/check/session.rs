//! `[session]`.

use super::{cookie_keys, cookie_store, session_limit, store};
use crate::config::cookie_keys::CookieKeys;
use crate::config::section::Section;
use crate::config::settings::{Lifetimes, StoreSettings, UserSessionSettings};
use crate::config::sources::Sources;

pub(super) fn read(
    mut section: Section,
    sources: &mut Sources,
) -> (Lifetimes, UserSessionSettings, CookieKeys, StoreSettings) {
    let idle = section.minutes("idle_minutes", 60, sources);
    let absolute = section.minutes("absolute_minutes", 480, sources);
    let revalidate = section.seconds("revalidate_seconds", 30, sources);
    let store_grace = section.seconds("store_grace_seconds", 300, sources);
    let cookie_keys = cookie_keys::read(&mut section, sources);
    let cached = section.count("cache_sessions", 10_000, MOST_CACHED, sources);
    let store = store::read(&mut section, sources);
    let limit = session_limit::limit(&mut section, &store, sources);
    let bound = session_limit::bound(&mut section, sources);
    let mut boolean = |key| cookie_store::boolean(&mut section, key, &store, sources);
    let user_sessions = UserSessionSettings {
        end_others_after_reset: boolean("sign_out_others_after_reset"),
        record_user_agent: boolean("record_user_agent"),
        keep_forms: boolean("keep_forms"),
        cached,
        limit,
    };
    if !cookie_keys.are_given && !matches!(store, StoreSettings::Memory) {
        let expected =
            "a key, the same on all instances that share the store (openssl rand -base64 32)";
        sources.report("session.cookie_key", "nothing", expected);
    }
    section.close(sources);
    (
        Lifetimes {
            idle: idle.min(absolute),
            absolute,
            revalidate,
            store_grace,
            bound,
        },
        user_sessions,
        cookie_keys.keys,
        store,
    )
}

/// Some forty gigabytes; more is a slip.
const MOST_CACHED: u32 = 10_000_000;
