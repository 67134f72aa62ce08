//! What the app proves itself with.

use std::fmt;
use std::sync::Arc;

use super::assertion::AssertionError;
use crate::config::KeySettings;
use crate::secret::Secret;
use crate::signing_key::SigningKey;

/// What the app proves itself with, once.
#[derive(Clone, Debug)]
pub(crate) enum Proof {
    /// Nothing: a public client.
    Public,
    /// `client_secret_post`
    Post(Secret),
    /// `client_secret_basic`
    Basic(Secret),
    /// `private_key_jwt`
    Key(Arc<SigningKey>, KeySettings),
    /// A token of the platform's, as it is.
    Assertion(Secret),
}

/// Why there is nothing to prove the app with.
#[derive(Debug)]
pub(crate) enum NoProof {
    /// A key that was checked at start cannot be read any more.
    Unusable,
    /// The app's own function brought nothing.
    Assertion(AssertionError),
}

impl Proof {
    /// Whether it is the same one.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Public, Self::Public) => true,
            (Self::Post(one), Self::Post(other))
            | (Self::Basic(one), Self::Basic(other))
            | (Self::Assertion(one), Self::Assertion(other)) => one.expose() == other.expose(),
            (Self::Key(one, _), Self::Key(other, _)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl fmt::Display for NoProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable => f.write_str("the client's key cannot be used"),
            Self::Assertion(error) => error.fmt(f),
        }
    }
}
