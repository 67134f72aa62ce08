//! Sign-ins: sent to a provider, and what came of it.

use super::metric::{CONFIGURED, Kind, Metric};

/// What there is before anybody signs in.
#[cfg(feature = "metrics")]
pub(super) fn begin() {
    CHALLENGES.list(&[]);
    REFUSALS.list(&[]);
}

/// Users may sign in at this provider.
pub(crate) fn provider_signs_in(provider: &str) {
    CALLBACKS.list(&[("provider", &[provider])]);
}

/// Somebody who needs a sign-in, or more of one, was told so; `audience` is how.
pub(crate) fn challenged(audience: &'static str) {
    CHALLENGES.count(&[("audience", audience)]);
}

/// The browser is on its way to a provider. The user flow is the configuration's.
pub(crate) fn authorization_requested(
    provider: &str,
    user_flow: Option<&str>,
    purpose: &'static str,
    reason: &'static str,
) {
    AUTHORIZATION_REQUESTS.count(&[
        ("provider", provider),
        ("user_flow", user_flow.unwrap_or_default()),
        ("purpose", purpose),
        ("reason", reason),
    ]);
}

/// The browser came back from a provider.
pub(crate) fn called_back(provider: &str, outcome: &'static str) {
    CALLBACKS.count(&[("provider", provider), ("outcome", outcome)]);
}

/// A request ended on a page of the layer's, or on its equal for scripts and gRPC.
pub(crate) fn refused(reason: &'static str) {
    REFUSALS.count(&[("reason", reason)]);
}

const CHALLENGES: Metric = Metric {
    name: "tower_b2c_challenges_total",
    kind: Kind::Counter,
    labels: &[("audience", &["navigation", "form", "frame", "api", "grpc"])],
    what: "requests that need a sign-in, by who sent them: browsers that show what they get are redirected, the others are told",
};

const AUTHORIZATION_REQUESTS: Metric = Metric {
    name: "tower_b2c_authorization_requests_total",
    kind: Kind::Counter,
    labels: &[
        ("provider", CONFIGURED),
        ("user_flow", CONFIGURED),
        (
            "purpose",
            &["sign_in", "step_up", "edit_profile", "reset_password"],
        ),
        ("reason", &["asked", "challenged", "repeated", "restarted"]),
    ],
    what: "browsers sent to a provider: by a link, by a page that needs a sign-in, once more because of the provider's answer, anew because the answer belonged to no sign-in of this browser",
};

const CALLBACKS: Metric = Metric {
    name: "tower_b2c_callbacks_total",
    kind: Kind::Counter,
    labels: &[
        ("provider", CONFIGURED),
        (
            "outcome",
            &[
                "signed_in",
                "stepped_up",
                "profile_edited",
                "password_reset",
                "repeated",
                "restarted",
                "cancelled",
                "stale",
                "signed_out_meanwhile",
                "acr_not_met",
                "auth_time_missing",
                "callback_malformed",
                "callback_unasked",
                "cookies_lost",
                "id_token_invalid",
                "id_token_missing",
                "not_decided",
                "not_offered",
                "other_account",
                "other_user",
                "provider_error",
                "provider_unavailable",
                "pushed_authorization_missing",
                "rejected",
                "sign_in_not_fresh",
                "store_unavailable",
                "store_unsuitable",
                "too_many_sessions",
                "user_flow_unknown",
                "userinfo_invalid",
            ],
        ),
    ],
    what: "browsers that came back, by what came of it; from `acr_not_met` on with an error page",
};

const REFUSALS: Metric = Metric {
    name: "tower_b2c_refusals_total",
    kind: Kind::Counter,
    labels: &[(
        "reason",
        &[
            "access_token_unavailable",
            "acr_not_met",
            "auth_time_missing",
            "callback_malformed",
            "callback_unasked",
            "cancelled",
            "cookies_lost",
            "cross_site",
            "csrf_header_missing",
            "goes_in_circles",
            "id_token_invalid",
            "id_token_missing",
            "in_frame",
            "not_decided",
            "not_offered",
            "other_account",
            "other_user",
            "provider_error",
            "provider_unavailable",
            "pushed_authorization_missing",
            "rejected",
            "session_ended",
            "sign_in_not_fresh",
            "sign_out_state",
            "store_unavailable",
            "store_unsuitable",
            "too_many_sessions",
            "user_flow_unknown",
            "userinfo_invalid",
        ],
    )],
    what: "error pages, problem details and gRPC statuses of the layer's own, by the `reason` that they show",
};

#[cfg(feature = "metrics")]
pub(super) const ALL: &[Metric] = &[CHALLENGES, AUTHORIZATION_REQUESTS, CALLBACKS, REFUSALS];
