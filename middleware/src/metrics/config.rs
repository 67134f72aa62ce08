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

#[cfg(feature = "metrics")]
pub(super) const ALL: &[Metric] = &[RELOADS];
