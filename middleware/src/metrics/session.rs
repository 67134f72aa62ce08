//! Sessions: where they are found, what is refused, how many are in memory.

#[cfg(feature = "metrics")]
use metrics::counter;

use super::metric::{Kind, Metric};

/// What there is before any session.
#[cfg(feature = "metrics")]
pub(super) fn begin() {
    for metric in ALL {
        metric.list(&[]);
    }
}

/// Where the session of a ticket was found.
#[derive(Clone, Copy)]
pub(crate) enum Found {
    Memory,
    Store,
    /// In memory, while the store does not answer.
    Grace,
    /// Too long ago.
    Expired,
    /// Somebody has ended it, or its record is gone.
    Ended,
    /// This app has never given the ticket, or does not take its record.
    Nowhere,
    /// Nobody knows: the store does not answer, or has it in a newer format.
    Unavailable,
}

/// Why a session is over.
#[derive(Clone, Copy)]
pub(crate) enum SessionEnd {
    /// It was not used for too long.
    Idle,
    /// It is as old as sessions get.
    Absolute,
    /// Here: the user signed out, or in anew, or the provider took back the grant.
    SignedOut,
    /// The app, the provider's server or the user elsewhere ended it.
    Revoked,
    /// The user's newer sessions took its place.
    Room,
    /// The configuration does not have its provider any more.
    Provider,
    /// Another instance ended it, or it is gone from the store.
    Elsewhere,
}

/// Nothing is allocated for it: every request with a ticket comes by.
pub(crate) fn session_found(found: Found) {
    #[cfg(feature = "metrics")]
    match found {
        Found::Memory => counter!(LOOKUPS.name, "found" => "memory"),
        Found::Store => counter!(LOOKUPS.name, "found" => "store"),
        Found::Grace => counter!(LOOKUPS.name, "found" => "grace"),
        Found::Expired => counter!(LOOKUPS.name, "found" => "expired"),
        Found::Ended => counter!(LOOKUPS.name, "found" => "ended"),
        Found::Nowhere => counter!(LOOKUPS.name, "found" => "nowhere"),
        Found::Unavailable => counter!(LOOKUPS.name, "found" => "unavailable"),
    }
    .increment(1);
    #[cfg(not(feature = "metrics"))]
    let _ = found;
}

/// So many sessions have ended, as this instance came to know.
pub(crate) fn sessions_ended(end: SessionEnd, number: usize) {
    let reason = match end {
        SessionEnd::Idle => "idle",
        SessionEnd::Absolute => "absolute",
        SessionEnd::SignedOut => "signed_out",
        SessionEnd::Revoked => "revoked",
        SessionEnd::Room => "room",
        SessionEnd::Provider => "provider",
        SessionEnd::Elsewhere => "elsewhere",
    };
    ENDS.add(number as u64, &[("reason", reason)]);
}

/// A session went on without the store.
pub(crate) fn session_graced() {
    GRACE.count(&[]);
}

/// A record was not taken.
pub(crate) fn record_refused(reason: &'static str) {
    RECORDS_REFUSED.count(&[("reason", reason)]);
}

/// A session ended here, and the store does not know yet.
pub(crate) fn sign_out_unheard() {
    SIGN_OUTS_UNHEARD.count(&[]);
}

/// There is room in memory for so many sessions more.
pub(crate) fn cache_opened(room: usize) {
    CACHE_CAPACITY.grow(number(room));
}

/// The memory for sessions is gone, with those in it.
pub(crate) fn cache_dropped(room: usize, sessions: usize) {
    CACHE_CAPACITY.grow(-number(room));
    CACHED.grow(-number(sessions));
}

/// A session is in memory.
pub(crate) fn cache_grew() {
    CACHED.grow(1.0);
}

/// A session left the memory because it ended.
pub(crate) fn cache_shrank() {
    CACHED.grow(-1.0);
}

/// Sessions left the memory to make room for others.
pub(crate) fn cache_evicted(sessions: usize) {
    CACHED.grow(-number(sessions));
    EVICTIONS.add(sessions as u64, &[]);
}

fn number(of: usize) -> f64 {
    f64::from(u32::try_from(of).unwrap_or(u32::MAX))
}

#[cfg(feature = "metrics")]
const LOOKUPS: Metric = Metric {
    name: "tower_b2c_session_lookups_total",
    kind: Kind::Counter,
    labels: &[(
        "found",
        &[
            "memory",
            "store",
            "grace",
            "expired",
            "ended",
            "nowhere",
            "unavailable",
        ],
    )],
    what: "looks for the session of a ticket (with `session.store = \"cookie\"` not of those that are over), by where it was found: `grace` is in memory while the store does not answer; `expired` and `ended` were sessions, the latter also where the store has thrown an expired one away; `nowhere` the app has never given, or does not take its record; `unavailable` where the store cannot say",
};

const ENDS: Metric = Metric {
    name: "tower_b2c_session_ends_total",
    kind: Kind::Counter,
    labels: &[(
        "reason",
        &[
            "idle",
            "absolute",
            "signed_out",
            "revoked",
            "room",
            "provider",
            "elsewhere",
        ],
    )],
    what: "sessions that ended, as this instance came to know: `idle` and `absolute` when somebody comes back with one that is in memory still, `signed_out` here, also by the user's next sign-in or because the provider took back the grant, `revoked` by the provider's server, the app or the user from elsewhere, `room` for newer ones of the user, `provider` taken out of the configuration, `elsewhere` by another instance or gone from the store",
};

const GRACE: Metric = Metric {
    name: "tower_b2c_session_grace_total",
    kind: Kind::Counter,
    labels: &[],
    what: "sessions that went on in memory because the store did not answer",
};

const RECORDS_REFUSED: Metric = Metric {
    name: "tower_b2c_session_records_refused_total",
    kind: Kind::Counter,
    labels: &[(
        "reason",
        &["no_key_opens_it", "garbled", "newer_format", "provider"],
    )],
    what: "records in the store that are not taken: tampered with or another's, unreadable, of a newer version, of a provider that the configuration does not have",
};

const SIGN_OUTS_UNHEARD: Metric = Metric {
    name: "tower_b2c_sign_outs_unheard_total",
    kind: Kind::Counter,
    labels: &[],
    what: "sign-outs that the store did not hear of at once",
};

const CACHED: Metric = Metric {
    name: "tower_b2c_session_cache_sessions",
    kind: Kind::Gauge,
    labels: &[],
    what: "sessions in memory",
};

const CACHE_CAPACITY: Metric = Metric {
    name: "tower_b2c_session_cache_capacity",
    kind: Kind::Gauge,
    labels: &[],
    what: "sessions that the memory has room for (`session.cache_sessions`)",
};

const EVICTIONS: Metric = Metric {
    name: "tower_b2c_session_cache_evictions_total",
    kind: Kind::Counter,
    labels: &[],
    what: "sessions that left the memory to make room, half of a sixteenth of it at a time",
};

#[cfg(feature = "metrics")]
pub(super) const ALL: &[Metric] = &[
    LOOKUPS,
    ENDS,
    GRACE,
    RECORDS_REFUSED,
    SIGN_OUTS_UNHEARD,
    CACHED,
    CACHE_CAPACITY,
    EVICTIONS,
];
