//! Every metric, with its unit and labels, as docs/metrics.md lists them.

use metrics::{Unit, describe_counter, describe_histogram};

/// One metric.
#[derive(Debug)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    kind: Kind,
    /// With the values that each can have.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "compared with the documentation")
    )]
    labels: &'static [(&'static str, &'static [&'static str])],
    what: &'static str,
}

#[derive(Debug)]
enum Kind {
    Counter,
    /// In seconds.
    Histogram,
}

/// Tells the recorder what they all are.
pub(crate) fn describe() {
    for metric in ALL {
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, Unit::Count, metric.what),
            Kind::Histogram => describe_histogram!(metric.name, Unit::Seconds, metric.what),
        }
    }
}

pub(super) const SESSION_LOOKUPS: Metric = Metric {
    name: "tower_b2c_session_lookups_total",
    kind: Kind::Counter,
    labels: &[("found", &["memory", "store", "nowhere"])],
    what: "requests with a ticket, by where its session was found",
};

pub(super) const SESSION_GRACE: Metric = Metric {
    name: "tower_b2c_session_grace_total",
    kind: Kind::Counter,
    labels: &[],
    what: "sessions that went on in memory because the store did not answer",
};

pub(super) const RECORDS_REFUSED: Metric = Metric {
    name: "tower_b2c_session_records_refused_total",
    kind: Kind::Counter,
    labels: &[(
        "reason",
        &["no_key_opens_it", "garbled", "newer_format", "provider"],
    )],
    what: "records in the store that are not taken: tampered with or another's, unreadable, of a newer version, of a provider that the configuration does not have",
};

pub(super) const SIGN_OUTS_UNHEARD: Metric = Metric {
    name: "tower_b2c_sign_outs_unheard_total",
    kind: Kind::Counter,
    labels: &[],
    what: "sign-outs that the store did not hear of at once",
};

pub(super) const STORE_COMMANDS: Metric = Metric {
    name: "tower_b2c_store_commands_total",
    kind: Kind::Counter,
    labels: &[("operation", OPERATIONS), ("outcome", &["ok", "error"])],
    what: "operations of the session store",
};

pub(super) const STORE_COMMAND_SECONDS: Metric = Metric {
    name: "tower_b2c_store_command_seconds",
    kind: Kind::Histogram,
    labels: &[("operation", OPERATIONS)],
    what: "how long they took",
};

pub(super) const STORE_INVALIDATIONS: Metric = Metric {
    name: "tower_b2c_store_invalidations_total",
    kind: Kind::Counter,
    labels: &[("kind", &["changed", "ended", "missed"])],
    what: "what was heard of writes, this instance's own included",
};

pub(super) const STORE_LISTENER_LOST: Metric = Metric {
    name: "tower_b2c_store_listener_lost_total",
    kind: Kind::Counter,
    labels: &[],
    what: "how often writes elsewhere could not be heard of, each attempt in vain included",
};

pub(super) const REDIS_CONNECTIONS: Metric = Metric {
    name: "tower_b2c_redis_connections_total",
    kind: Kind::Counter,
    labels: &[("outcome", &["opened", "failed"])],
    what: "attempts to connect to Redis for requests",
};

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

const ALL: &[Metric] = &[
    SESSION_LOOKUPS,
    SESSION_GRACE,
    RECORDS_REFUSED,
    SIGN_OUTS_UNHEARD,
    STORE_COMMANDS,
    STORE_COMMAND_SECONDS,
    STORE_INVALIDATIONS,
    STORE_LISTENER_LOST,
    REDIS_CONNECTIONS,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_what_there_is() {
        let document = include_str!("../../docs/metrics.md");
        let rows: Vec<_> = (document.lines())
            .filter(|line| line.starts_with("| `"))
            .collect();
        let expected = ALL.iter().map(|metric| {
            let kind = match metric.kind {
                Kind::Counter => "counter",
                Kind::Histogram => "histogram, seconds",
            };
            let label = |(name, values): &(&str, &[&str])| {
                if *values == OPERATIONS {
                    return format!("`{name}`");
                }
                format!("`{name}`: {}", values.join(", "))
            };
            let labels: Vec<_> = metric.labels.iter().map(label).collect();
            let labels = labels.join("; ");
            format!(
                "| `{}` | {kind} | {labels} | {} |",
                metric.name, metric.what
            )
        });
        assert_eq!(rows, expected.collect::<Vec<_>>());
        for operation in OPERATIONS {
            assert!(document.contains(&format!("`{operation}`")), "{operation}");
        }
    }
}
