//! What a test asked for and cannot be.

use std::fmt;

use crate::config::ConfigError;
use crate::error::Error;
use crate::session::{CreateError, StoreError};

/// Why a session or a token was not minted: the test asks for something that no provider of the
/// configuration could have said, or the store refuses it.
#[derive(Debug)]
#[non_exhaustive]
pub enum MintError {
    /// The configuration has no provider of this name.
    UnknownProvider {
        /// What was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The configuration has several providers, none of them the default, and the test chose none.
    NoProvider {
        /// The names that there are.
        known: Vec<String>,
    },
    /// The provider has no such user flow, or users do not sign in with it.
    UnknownUserFlow {
        /// What was asked for.
        name: String,
        /// The provider, by its name in the configuration.
        provider: String,
        /// The user flows that there are.
        known: Vec<String>,
    },
    /// The claim follows from something else, so that it cannot contradict the rest of the session.
    ReservedClaim {
        /// The claim.
        name: String,
        /// What sets it.
        instead: &'static str,
    },
    /// The claim was given twice.
    DuplicateClaim {
        /// The claim.
        name: String,
    },
    /// The subject (`sub`) is empty; no provider's is (OpenID Connect Core §2).
    EmptySubject,
    /// A cookie is for a layer, and there is none: the builder is that of
    /// [`testing::session`](super::session).
    NoLayer,
    /// An `Authorization` header is for a layer, and the builder's provider stands behind none: it is that
    /// of [`testing::access_token`](super::access_token), or no
    /// [`BearerLayerBuilder::offline`](crate::BearerLayerBuilder::offline) was given it.
    NoApi,
    /// The configuration accepts no signature algorithm that the provider of tests has: RS256, PS256 or
    /// ES256.
    NoAlgorithm {
        /// The provider, by its name in the configuration.
        provider: String,
    },
    /// The response does not send a browser to this provider.
    NotSentHere {
        /// What the response is.
        found: String,
    },
    /// The session does not fit into cookies (`session.cookie_max_bytes`).
    TooLarge(StoreError),
    /// The user has as many sessions as they may (`session.max_per_user`).
    TooManySessions,
    /// The store could not keep the session.
    Store(StoreError),
    /// What was asked for is no configuration, such as the name of a user flow that none can have.
    Config(ConfigError),
    /// There is no layer for it.
    Layer(Error),
}

impl fmt::Display for MintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownProvider { name, known } => write!(
                f,
                "the configuration has no provider {name:?}; it has {}",
                listed(known)
            ),
            Self::NoProvider { known } => write!(
                f,
                "users choose among several providers; say .provider(…) with one of {}",
                listed(known)
            ),
            Self::UnknownUserFlow {
                name,
                provider,
                known,
            } => write!(
                f,
                "nobody signs in at the provider {provider:?} with the user flow {name:?}; it has {}",
                listed(known)
            ),
            Self::ReservedClaim { name, instead } => {
                write!(f, "the claim {name:?} is not set by itself: use {instead}")
            }
            Self::DuplicateClaim { name } => write!(f, "the claim {name:?} is given twice"),
            Self::EmptySubject => f.write_str("the subject (sub) is empty; no provider's is"),
            Self::NoLayer => f.write_str(
                "a session without a layer has no cookie; use testing::sign_in(&layer)",
            ),
            Self::NoApi => f.write_str(
                "no API accepts the token; build its layer with BearerLayer::builder(…).offline(&provider) and \
                 use provider.access_token()",
            ),
            Self::NoAlgorithm { provider } => write!(
                f,
                "the provider {provider:?} accepts none of RS256, PS256 and ES256 (signing_algorithms)"
            ),
            Self::NotSentHere { found } => {
                write!(f, "expected a redirect to this provider, found {found}")
            }
            Self::TooLarge(error) | Self::Store(error) => error.fmt(f),
            Self::TooManySessions => {
                f.write_str("the user has as many sessions as session.max_per_user lets them")
            }
            Self::Config(error) => error.fmt(f),
            Self::Layer(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MintError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::TooLarge(error) | Self::Store(error) => Some(error),
            Self::Config(error) => Some(error),
            Self::Layer(error) => Some(error),
            _ => None,
        }
    }
}

impl From<StoreError> for MintError {
    /// Minting lists nobody's sessions, so that all a store can find impossible is the size.
    fn from(error: StoreError) -> Self {
        if error.is_permanent() {
            Self::TooLarge(error)
        } else {
            Self::Store(error)
        }
    }
}

impl From<CreateError> for MintError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::TooMany => Self::TooManySessions,
            CreateError::Store(error) => error.into(),
        }
    }
}

/// `"a", "b"`
fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let quoted: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
    quoted.join(", ")
}
