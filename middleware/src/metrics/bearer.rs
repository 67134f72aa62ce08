//! Access tokens that requests come with.

#[cfg(feature = "metrics")]
use metrics::counter;

use super::metric::{Kind, Metric};

/// What there is before any request with a token.
#[cfg(feature = "metrics")]
pub(super) fn begin() {
    VALIDATIONS.list(&[]);
    LOOKUPS.list(&[]);
}

/// Whether a token is one that was verified before. Nothing is allocated for it: every request with a
/// token comes by.
pub(crate) fn bearer_looked_up(is_known: bool) {
    #[cfg(feature = "metrics")]
    if is_known {
        counter!(LOOKUPS.name, "found" => "yes")
    } else {
        counter!(LOOKUPS.name, "found" => "no")
    }
    .increment(1);
    #[cfg(not(feature = "metrics"))]
    let _ = is_known;
}

/// A request was let through with its token. As cheap as the lookup.
pub(crate) fn bearer_accepted() {
    #[cfg(feature = "metrics")]
    counter!(VALIDATIONS.name, "outcome" => "accepted").increment(1);
}

/// A request was not let through, or a handler or a guard wants another token.
pub(crate) fn bearer_challenged(reason: &'static str) {
    VALIDATIONS.count(&[("outcome", reason)]);
}

const VALIDATIONS: Metric = Metric {
    name: "tower_b2c_bearer_validations_total",
    kind: Kind::Counter,
    labels: &[(
        "outcome",
        &[
            "accepted",
            "token_missing",
            "invalid_request",
            "invalid_token",
            "token_expired",
            "invalid_dpop_proof",
            "use_dpop_nonce",
            "insufficient_scope",
            "insufficient_claims",
            "provider_unavailable",
        ],
    )],
    what: "requests by what became of their access token; one that a guard or a handler refuses afterwards counts as accepted, too",
};

#[cfg(feature = "metrics")]
const LOOKUPS: Metric = Metric {
    name: "tower_b2c_bearer_cache_lookups_total",
    kind: Kind::Counter,
    labels: &[("found", &["yes", "no"])],
    what: "access tokens by whether they were verified before, which spares a signature check",
};

#[cfg(feature = "metrics")]
pub(super) const ALL: &[Metric] = &[VALIDATIONS, LOOKUPS];
