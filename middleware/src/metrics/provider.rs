//! The providers: how they answer, how old what is known of them is.

use super::metric::{CONFIGURED, Kind, Metric, Stopwatch};
use crate::time::Timestamp;

/// A provider, in B2C with these user flows, may be asked for its metadata and keys. Of requests only
/// those that an alert waits for are listed: a histogram is some dozen series.
pub(crate) fn provider_known(provider: &str, user_flows: &[String]) {
    let mut flows: Vec<&str> = user_flows.iter().map(String::as_str).collect();
    if flows.is_empty() {
        flows.push("");
    }
    METADATA_FETCHES.list(&[("provider", &[provider]), ("user_flow", &flows)]);
    REQUEST_SECONDS.list(&[("provider", &[provider]), ("outcome", &["throttled"])]);
}

/// A provider was asked, and answered or did not.
pub(crate) fn provider_answered(
    provider: &str,
    endpoint: &'static str,
    outcome: &'static str,
    took: &Stopwatch,
) {
    let labels = [
        ("provider", provider),
        ("endpoint", endpoint),
        ("outcome", outcome),
    ];
    REQUEST_SECONDS.time(took, &labels);
}

/// What was fetched of a provider.
#[derive(Clone, Copy)]
pub(crate) struct Fetched {
    /// Whether the metadata was, or is written in the configuration.
    pub(crate) metadata: bool,
    pub(crate) at: Timestamp,
}

/// The metadata and the keys of a provider, in B2C of one user flow, are new.
pub(crate) fn metadata_fetched(provider: &str, user_flow: &str, fetched: Fetched) {
    metadata_asked(provider, user_flow, "ok");
    let labels = [("provider", provider), ("user_flow", user_flow)];
    let seconds = f64::from(u32::try_from(fetched.at.0).unwrap_or(u32::MAX));
    if fetched.metadata {
        METADATA_FETCHED.set(seconds, &labels);
    }
    KEYS_FETCHED.set(seconds, &labels);
}

/// A provider was asked for them.
pub(crate) fn metadata_asked(provider: &str, user_flow: &str, outcome: &'static str) {
    METADATA_FETCHES.count(&[
        ("provider", provider),
        ("user_flow", user_flow),
        ("outcome", outcome),
    ]);
}

const REQUEST_SECONDS: Metric = Metric {
    name: "tower_b2c_provider_request_seconds",
    kind: Kind::Histogram,
    labels: &[
        ("provider", CONFIGURED),
        (
            "endpoint",
            &[
                "discovery",
                "jwks",
                "token",
                "userinfo",
                "pushed_authorization",
            ],
        ),
        (
            "outcome",
            &[
                "ok",
                "rejected",
                "throttled",
                "failing",
                "timed_out",
                "unreachable",
                "too_large",
                "cancelled",
            ],
        ),
    ],
    what: "how long requests to a provider took; `rejected` is another status than success, `throttled` 429, `failing` 5xx, `cancelled` that nobody waited any longer",
};

const METADATA_FETCHES: Metric = Metric {
    name: "tower_b2c_metadata_fetches_total",
    kind: Kind::Counter,
    labels: &[
        ("provider", CONFIGURED),
        ("user_flow", CONFIGURED),
        ("outcome", &["ok", "not_found", "unavailable", "unreadable"]),
    ],
    what: "attempts to fetch a provider's metadata and keys together",
};

const METADATA_FETCHED: Metric = Metric {
    name: "tower_b2c_metadata_fetched_timestamp_seconds",
    kind: Kind::Timestamp,
    labels: &[("provider", CONFIGURED), ("user_flow", CONFIGURED)],
    what: "when the metadata in use was fetched",
};

const KEYS_FETCHED: Metric = Metric {
    name: "tower_b2c_keys_fetched_timestamp_seconds",
    kind: Kind::Timestamp,
    labels: &[("provider", CONFIGURED), ("user_flow", CONFIGURED)],
    what: "when the keys in use were fetched",
};

#[cfg(feature = "metrics")]
pub(super) const ALL: &[Metric] = &[
    REQUEST_SECONDS,
    METADATA_FETCHES,
    METADATA_FETCHED,
    KEYS_FETCHED,
];
