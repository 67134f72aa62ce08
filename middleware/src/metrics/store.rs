//! The session store: commands, what is heard of other instances, connections.

#[cfg(feature = "metrics")]
use std::time::Instant;

#[cfg(feature = "metrics")]
use metrics::{counter, histogram};

#[cfg(feature = "metrics")]
use super::names;
use crate::session::Invalidation;

/// An operation of the store has ended, one way or the other.
#[cfg(feature = "metrics")]
pub(crate) fn store_command(operation: &'static str, is_ok: bool, began: Instant) {
    let outcome = if is_ok { "ok" } else { "error" };
    counter!(names::STORE_COMMANDS.name, "operation" => operation, "outcome" => outcome)
        .increment(1);
    histogram!(names::STORE_COMMAND_SECONDS.name, "operation" => operation).record(began.elapsed());
}

/// The store has told of a write.
pub(crate) fn invalidated(invalidation: &Invalidation) {
    #[cfg(feature = "metrics")]
    {
        let kind = match invalidation {
            Invalidation::Changed { .. } => "changed",
            Invalidation::Ended(_) => "ended",
            Invalidation::Missed => "missed",
        };
        counter!(names::STORE_INVALIDATIONS.name, "kind" => kind).increment(1);
    }
    #[cfg(not(feature = "metrics"))]
    let _ = invalidation;
}

/// The store can, or could, not be heard.
pub(crate) fn listener_lost() {
    #[cfg(feature = "metrics")]
    counter!(names::STORE_LISTENER_LOST.name).increment(1);
}

/// Redis was connected to, or not.
#[cfg(feature = "redis")]
pub(crate) fn redis_connection(is_open: bool) {
    #[cfg(feature = "metrics")]
    {
        let outcome = if is_open { "opened" } else { "failed" };
        counter!(names::REDIS_CONNECTIONS.name, "outcome" => outcome).increment(1);
    }
    #[cfg(not(feature = "metrics"))]
    let _ = is_open;
}
