//! `session.cookie_key` and `session.cookie_keys`.

use crate::config::cookie_keys::{CookieKeys, is_short};
use crate::config::section::Section;
use crate::config::sources::Sources;

/// The keys, and whether the operator meant to give any.
pub(super) struct Read {
    pub(super) keys: CookieKeys,
    pub(super) are_given: bool,
}

pub(super) fn read(section: &mut Section, sources: &mut Sources) -> Read {
    let (one, several) = (section.has("cookie_key"), section.has("cookie_keys"));
    let single = section.secret_source("cookie_key", sources);
    let listed = section.secret_sources("cookie_keys", sources);
    if one && several {
        let expected = "either cookie_key or cookie_keys, whose first key seals";
        sources.report("session.cookie_keys", "both", expected);
    }
    let keys = CookieKeys {
        whole: !several,
        sources: if several {
            listed
        } else {
            single.into_iter().collect()
        },
    };
    let key = if several {
        "session.cookie_keys"
    } else {
        "session.cookie_key"
    };
    if keys.values().iter().any(is_short) {
        let expected = "at least 32 random characters (openssl rand -base64 32)";
        sources.report(key, "a shorter key", expected);
    } else if several && keys.values().is_empty() {
        let expected = "a list of { env = \"NAME\" } and { file = \"path\" }";
        sources.report(key, "no key", expected);
    }
    Read {
        keys,
        are_given: one || several,
    }
}
