//! `[session]`.

use super::store;
use crate::config::section::{Section, Sources};
use crate::config::settings::{Lifetimes, StoreSettings, UserSessionSettings};
use crate::secret::Secret;

pub(super) fn read(
    mut section: Section,
    sources: &mut Sources,
) -> (
    Lifetimes,
    UserSessionSettings,
    Option<Secret>,
    StoreSettings,
) {
    let idle = section.minutes("idle_minutes", 60, sources);
    let absolute = section.minutes("absolute_minutes", 480, sources);
    let revalidate = section.seconds("revalidate_seconds", 30, sources);
    let store_grace = section.seconds("store_grace_seconds", 300, sources);
    let cookie_key = section.secret("cookie_key", sources);
    if cookie_key
        .as_ref()
        .is_some_and(|key| key.expose().len() < MIN_COOKIE_KEY)
    {
        let expected = "at least 32 random characters (openssl rand -base64 32)";
        sources.report("session.cookie_key", "a shorter key", expected);
    }
    let user_sessions = UserSessionSettings {
        end_others_after_reset: section.boolean("sign_out_others_after_reset", true, sources),
        record_user_agent: section.boolean("record_user_agent", true, sources),
        keep_forms: section.boolean("keep_forms", true, sources),
    };
    let store = store::read(&mut section, sources);
    if cookie_key.is_none() && !matches!(store, StoreSettings::Memory) {
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
        },
        user_sessions,
        cookie_key,
        store,
    )
}

const MIN_COOKIE_KEY: usize = 32;
