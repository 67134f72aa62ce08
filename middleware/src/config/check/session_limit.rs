//! `session.max_per_user`, `session.when_full` and `session.bound_to`.

use crate::config::section::Section;
use crate::config::session_limit::{Bound, SessionLimit, WhenFull};
use crate::config::settings::StoreSettings;
use crate::config::sources::Sources;

pub(super) fn limit(
    section: &mut Section,
    store: &StoreSettings,
    sources: &mut Sources,
) -> Option<SessionLimit> {
    let is_set = section.has("max_per_user");
    let most = section.count("max_per_user", 1, MOST, sources);
    let when_full = match section.string("when_full", sources).as_deref() {
        None | Some("end_oldest") => WhenFull::EndOldest,
        Some("refuse") => WhenFull::Refuse,
        Some(other) => {
            let expected = "\"end_oldest\" or \"refuse\"";
            sources.report("session.when_full", format!("\"{other}\""), expected);
            WhenFull::EndOldest
        }
    };
    if is_set && matches!(store, StoreSettings::Cookie { .. }) {
        let expected =
            "no limit with session.store = \"cookie\", which cannot count, or another store";
        sources.report("session.max_per_user", most.to_string(), expected);
    }
    is_set.then_some(SessionLimit { most, when_full })
}

pub(super) fn bound(section: &mut Section, sources: &mut Sources) -> Bound {
    match section.string("bound_to", sources).as_deref() {
        None | Some("nothing") => Bound::Nothing,
        Some("id_token") => Bound::IdToken,
        Some("refresh_token") => Bound::RefreshToken,
        Some(other) => {
            let expected = "\"nothing\", \"id_token\" or \"refresh_token\"";
            sources.report("session.bound_to", format!("\"{other}\""), expected);
            Bound::Nothing
        }
    }
}

/// As many as are ever listed, less one that is being added.
const MOST: u32 = 999;
