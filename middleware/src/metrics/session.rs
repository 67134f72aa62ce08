//! Sessions: where they are found, what is refused.

#[cfg(feature = "metrics")]
use metrics::counter;

#[cfg(feature = "metrics")]
use super::names;

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
        Found::Memory => counter!(names::SESSION_LOOKUPS.name, "found" => "memory"),
        Found::Store => counter!(names::SESSION_LOOKUPS.name, "found" => "store"),
        Found::Nowhere => counter!(names::SESSION_LOOKUPS.name, "found" => "nowhere"),
    }
    .increment(1);
    #[cfg(not(feature = "metrics"))]
    let _ = found;
}

/// A session went on without the store.
pub(crate) fn session_graced() {
    #[cfg(feature = "metrics")]
    counter!(names::SESSION_GRACE.name).increment(1);
}

/// A record was not taken.
pub(crate) fn record_refused(reason: &'static str) {
    #[cfg(feature = "metrics")]
    counter!(names::RECORDS_REFUSED.name, "reason" => reason).increment(1);
    #[cfg(not(feature = "metrics"))]
    let _ = reason;
}

/// A session ended here, and the store does not know yet.
pub(crate) fn sign_out_unheard() {
    #[cfg(feature = "metrics")]
    counter!(names::SIGN_OUTS_UNHEARD.name).increment(1);
}
