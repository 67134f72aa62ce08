//! The session store: commands, what is heard of other instances, connections.

use super::metric::{Kind, Metric, Stopwatch};
use crate::session::Invalidation;

/// What there is before any store hears of other instances.
#[cfg(feature = "metrics")]
pub(super) fn begin() {
    INVALIDATIONS.list(&[]);
    LISTENER_LOST.list(&[]);
}

/// A store of this kind may be asked.
pub(crate) fn store_known(backend: &str) {
    COMMANDS.list(&[("backend", &[listed(backend)])]);
    #[cfg(feature = "redis")]
    if backend == "redis" {
        REDIS_CONNECTIONS.list(&[]);
    }
}

/// What came of an operation of a store.
#[derive(Clone, Copy)]
pub(crate) enum StoreOutcome {
    Ok,
    /// The store is away, or cannot do that.
    Error,
    /// It had not answered when nobody waited for it any longer.
    Cancelled,
}

impl StoreOutcome {
    pub(crate) fn of<T, E>(answer: &Result<T, E>) -> Self {
        match answer {
            Ok(_) => Self::Ok,
            Err(_) => Self::Error,
        }
    }
}

/// An operation of a store of this kind has ended, one way or the other.
pub(crate) fn store_command(
    backend: &'static str,
    operation: &'static str,
    outcome: StoreOutcome,
    took: &Stopwatch,
) {
    let outcome = match outcome {
        StoreOutcome::Ok => "ok",
        StoreOutcome::Error => "error",
        StoreOutcome::Cancelled => "cancelled",
    };
    let labels = [
        ("backend", listed(backend)),
        ("operation", operation),
        ("outcome", outcome),
    ];
    COMMAND_SECONDS.time(took, &labels);
    COMMANDS.count(&labels);
}

/// A store of the app's own may call itself anything.
fn listed(backend: &str) -> &'static str {
    let known = BACKENDS.iter().find(|known| **known == backend);
    known.copied().unwrap_or("other")
}

/// The store has told of a write.
pub(crate) fn invalidated(invalidation: &Invalidation) {
    let kind = match invalidation {
        Invalidation::Changed { .. } => "changed",
        Invalidation::Ended(_) => "ended",
        Invalidation::Missed => "missed",
    };
    INVALIDATIONS.count(&[("kind", kind)]);
}

/// The store can, or could, not be heard.
pub(crate) fn listener_lost() {
    LISTENER_LOST.count(&[]);
}

/// Redis was connected to, or not.
#[cfg(feature = "redis")]
pub(crate) fn redis_connection(is_open: bool) {
    let outcome = if is_open { "opened" } else { "failed" };
    REDIS_CONNECTIONS.count(&[("outcome", outcome)]);
}

const COMMANDS: Metric = Metric {
    name: "tower_b2c_store_commands_total",
    kind: Kind::Counter,
    labels: &[
        ("backend", BACKENDS),
        ("operation", OPERATIONS),
        ("outcome", OUTCOMES),
    ],
    what: "operations of the session store; `cancelled` where it had not answered when nobody waited any longer",
};

const COMMAND_SECONDS: Metric = Metric {
    name: "tower_b2c_store_command_seconds",
    kind: Kind::Histogram,
    labels: &[
        ("backend", BACKENDS),
        ("operation", OPERATIONS),
        ("outcome", OUTCOMES),
    ],
    what: "how long they took",
};

const INVALIDATIONS: Metric = Metric {
    name: "tower_b2c_store_invalidations_total",
    kind: Kind::Counter,
    labels: &[("kind", &["changed", "ended", "missed"])],
    what: "what was heard of writes, this instance's own included",
};

const LISTENER_LOST: Metric = Metric {
    name: "tower_b2c_store_listener_lost_total",
    kind: Kind::Counter,
    labels: &[],
    what: "how often writes elsewhere could not be heard of, each attempt in vain included",
};

#[cfg(any(feature = "redis", feature = "metrics"))]
const REDIS_CONNECTIONS: Metric = Metric {
    name: "tower_b2c_redis_connections_total",
    kind: Kind::Counter,
    labels: &[("outcome", &["opened", "failed"])],
    what: "attempts to connect to Redis for requests",
};

const OUTCOMES: &[&str] = &["ok", "error", "cancelled"];

const BACKENDS: &[&str] = &[
    "memory",
    "cookie",
    "redis",
    "postgresql",
    "sqlite",
    "tower_sessions",
    "other",
];

const OPERATIONS: &[&str] = &[
    "insert",
    "load",
    "replace",
    "touch",
    "delete",
    "find_indexed",
    "delete_indexed",
    "invalidations",
    "lock",
    "renew",
    "unlock",
];

#[cfg(feature = "metrics")]
pub(super) const ALL: &[Metric] = &[
    COMMANDS,
    COMMAND_SECONDS,
    INVALIDATIONS,
    LISTENER_LOST,
    REDIS_CONNECTIONS,
];
