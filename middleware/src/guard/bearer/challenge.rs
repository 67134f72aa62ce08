//! "This token will not do": what guards and handlers tell the layer.

use std::time::Duration;

use crate::tokens::ClaimsChallenge;

/// A request that needs another token; put it into a response's extensions.
///
/// The [`BearerLayer`](crate::BearerLayer) turns it into 401 or 403 with `WWW-Authenticate`
/// (RFC 6750 §3) and problem details, or a gRPC status.
///
/// ```
/// # use tower_b2c::BearerChallenge;
/// let mut response = http::Response::new(());
/// let challenge = BearerChallenge::insufficient_scope(["demo.write"]);
/// response.extensions_mut().insert(challenge);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BearerChallenge(pub(super) Reason);

/// Why a request is not let through.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Reason {
    /// There is no token.
    Missing {
        scopes: Vec<String>,
    },
    /// The request does not show its token as it should.
    Malformed,
    Invalid,
    /// It was good once.
    Expired,
    /// It is bound to a key, and the proof of possession is missing or not good.
    NotProved,
    /// The proof lacks a nonce of this API's, which this is.
    UseNonce {
        nonce: String,
    },
    Insufficient {
        scopes: Vec<String>,
    },
    /// The token is genuine, but does not say what it must; in base64.
    Claims {
        encoded: String,
    },
    /// The provider's keys are not known (yet).
    Unavailable {
        retry_after: Option<Duration>,
    },
}

impl BearerChallenge {
    /// A token with what the challenge asks for is needed (Microsoft Learn, "Claims challenges, claims
    /// requests and client capabilities").
    pub fn insufficient_claims(challenge: &ClaimsChallenge) -> Self {
        let encoded = challenge.encoded();
        Self(Reason::Claims { encoded })
    }

    /// The token will not do; a new one may.
    pub fn invalid_token() -> Self {
        Self(Reason::Invalid)
    }

    /// A token is needed.
    pub fn token_required() -> Self {
        Self(Reason::Missing { scopes: Vec::new() })
    }

    /// A token with these scopes is needed, and there is none.
    pub fn scopes_required<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes = scopes.into_iter().map(Into::into).collect();
        Self(Reason::Missing { scopes })
    }

    /// The token is genuine, but these scopes are needed. An empty list says that no scope helps.
    pub fn insufficient_scope<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes = scopes.into_iter().map(Into::into).collect();
        Self(Reason::Insufficient { scopes })
    }
}
