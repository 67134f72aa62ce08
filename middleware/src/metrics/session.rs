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
    Nowhere,
}

/// Nothing is allocated for it: every request with a ticket comes by.
pub(crate) fn session_found(found: Found) {
    #[cfg(feature = "metrics")]
    match found {
        Found::Memory => counter!(LOOKUPS.name, "found" => "memory"),
        Found::Store => counter!(LOOKUPS.name, "found" => "store"),
        Found::Nowhere => counter!(LOOKUPS.name, "found" => "nowhere"),
    }
    .increment(1);
    #[cfg(not(feature = "metrics"))]
    let _ = found;
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
    labels: &[("found", &["memory", "store", "nowhere"])],
    what: "requests with a ticket, by where its session was found",
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
    GRACE,
    RECORDS_REFUSED,
    SIGN_OUTS_UNHEARD,
    CACHED,
    CACHE_CAPACITY,
    EVICTIONS,
];
