//! Tokens: asked for, refreshed, used.

use super::metric::{CONFIGURED, Kind, Metric};

/// What there is before any token is needed.
#[cfg(feature = "metrics")]
pub(super) fn begin() {
    TOKEN_REFRESHES.list(&[]);
}

/// This provider may be asked for tokens.
pub(crate) fn provider_grants(provider: &str) {
    TOKEN_REQUESTS.list(&[("provider", &[provider])]);
}

/// This API may be called with tokens.
pub(crate) fn api_known(api: &str) {
    API_CALLS.list(&[("api", &[api])]);
}

/// The token endpoint was asked, or was to be, or another one that wants the app to prove itself.
pub(crate) fn token_asked(provider: &str, grant: &'static str, outcome: &'static str) {
    TOKEN_REQUESTS.count(&[
        ("provider", provider),
        ("grant", grant),
        ("outcome", outcome),
    ]);
}

/// Whose token it is.
#[derive(Clone, Copy)]
pub(crate) enum TokenFor {
    User,
    /// The app's own, or one that it has on behalf of a caller.
    App,
}

/// What came of the need for a token that was not at hand.
#[derive(Clone, Copy)]
pub(crate) enum Refreshed {
    /// This instance asked for it.
    Ok,
    /// Somebody else had asked for it by then.
    Shared,
    /// Asking again is no use: the user, or an operator, has to do something.
    Fatal,
    /// The provider or the store is away.
    Transient,
    /// Nobody was asked, because somebody was in vain a moment ago.
    Throttled,
}

/// Somebody needed a token that was not at hand.
pub(crate) fn token_refreshed(token_for: TokenFor, refreshed: Refreshed) {
    let token_for = match token_for {
        TokenFor::User => "user",
        TokenFor::App => "app",
    };
    let outcome = match refreshed {
        Refreshed::Ok => "ok",
        Refreshed::Shared => "shared",
        Refreshed::Fatal => "fatal",
        Refreshed::Transient => "transient",
        Refreshed::Throttled => "throttled",
    };
    TOKEN_REFRESHES.count(&[("for", token_for), ("outcome", outcome)]);
}

/// A configured API was called with a token.
pub(crate) fn api_called(api: &str, outcome: &'static str) {
    API_CALLS.count(&[("api", api), ("outcome", outcome)]);
}

const TOKEN_REQUESTS: Metric = Metric {
    name: "tower_b2c_token_requests_total",
    kind: Kind::Counter,
    labels: &[
        ("provider", CONFIGURED),
        (
            "grant",
            &[
                "authorization_code",
                "refresh_token",
                "client_credentials",
                "on_behalf_of",
                "pushed_authorization",
            ],
        ),
        (
            "outcome",
            &[
                "ok",
                "refused",
                "credential_refused",
                "unavailable",
                "unreadable",
                "no_proof",
            ],
        ),
    ],
    what: "requests for tokens, and to begin a sign-in (`pushed_authorization`): `credential_refused` where the provider does not take the app's secret or certificate, or the app itself, `no_proof` where the app had none to send",
};

const TOKEN_REFRESHES: Metric = Metric {
    name: "tower_b2c_token_refreshes_total",
    kind: Kind::Counter,
    labels: &[
        ("for", &["user", "app"]),
        (
            "outcome",
            &["ok", "shared", "fatal", "transient", "throttled"],
        ),
    ],
    what: "needs for a token that was not at hand, or not for long: this instance asked, another request or instance had, asking again is no use, the provider is away, nobody was asked because somebody was in vain just now",
};

const API_CALLS: Metric = Metric {
    name: "tower_b2c_api_calls_total",
    kind: Kind::Counter,
    labels: &[
        ("api", CONFIGURED),
        (
            "outcome",
            &["answered", "refused", "failing", "no_token", "no_answer"],
        ),
    ],
    what: "calls to configured APIs with a token: `refused` is 401 or 403, `failing` 5xx",
};

#[cfg(feature = "metrics")]
pub(super) const ALL: &[Metric] = &[TOKEN_REQUESTS, TOKEN_REFRESHES, API_CALLS];
