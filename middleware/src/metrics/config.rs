//! What becomes of reloads of the configuration.

use super::metric::{Kind, Metric};

/// What a reload came to.
#[derive(Clone, Copy)]
pub(crate) enum Reload {
    /// Something has changed, and is in use.
    Changed,
    /// Everything is as it was.
    Unchanged,
    /// The old settings stay in use.
    Refused,
}

/// What there is before any reload.
#[cfg(feature = "metrics")]
pub(super) fn begin() {
    RELOADS.list(&[]);
    RELOAD_FAILED.list(&[]);
}

/// From now on a layer goes by old settings because the newer ones were refused, or does so no longer.
pub(crate) fn reload_failed(is_failed: bool) {
    RELOAD_FAILED.grow(if is_failed { 1.0 } else { -1.0 });
}

/// The configuration was read again.
pub(crate) fn config_reloaded(reload: Reload) {
    let outcome = match reload {
        Reload::Changed => "changed",
        Reload::Unchanged => "unchanged",
        Reload::Refused => "refused",
    };
    RELOADS.count(&[("outcome", outcome)]);
}

const RELOADS: Metric = Metric {
    name: "tower_b2c_config_reloads_total",
    kind: Kind::Counter,
    labels: &[("outcome", &["changed", "unchanged", "refused"])],
    what: "reloads of the configuration, by each layer that reads it; a file that stays broken is counted once",
};

const RELOAD_FAILED: Metric = Metric {
    name: "tower_b2c_config_reload_failed",
    kind: Kind::Gauge,
    labels: &[],
    what: "layers whose last reload was refused, so that they go by their old settings: 0 or 1 unless several layers read it",
};

#[cfg(feature = "metrics")]
pub(super) const ALL: &[Metric] = &[RELOADS, RELOAD_FAILED];
