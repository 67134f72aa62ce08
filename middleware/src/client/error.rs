//! Why a call was not made, or failed.

use std::fmt;

use crate::challenge::Challenge;
use crate::guard::BearerChallenge;
use crate::tokens::TokenError;

/// What an [`AccessTokenLayer`](crate::client::AccessTokenLayer) answers with in place of a response.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The request leads to none of the APIs that tokens may go to. It was not sent.
    NotListed {
        /// Scheme, host and port of the request; empty if its URI names no host.
        origin: String,
    },
    /// The request has no [`Session`](crate::Session) in its extensions: nobody is signed in, or the
    /// handler did not put it there.
    NoUser,
    /// The request has no [`Bearer`](crate::Bearer) in its extensions: nobody called on behalf of whom
    /// the API could be called, or the handler did not put it there.
    NoBearer,
    /// There is no token, or none that the API is content with.
    Token(TokenError),
    /// The client inside failed.
    Client(Box<dyn std::error::Error + Send + Sync>),
}

impl CallError {
    /// The challenge to put into a response, where it helps that the user signs in.
    pub fn challenge(&self) -> Option<Challenge> {
        match self {
            Self::NoUser => Some(Challenge::sign_in()),
            Self::Token(error) => error.challenge(),
            Self::NotListed { .. } | Self::NoBearer | Self::Client(_) => None,
        }
    }

    /// The challenge for a caller with an access token, where another one of its helps.
    pub fn bearer_challenge(&self) -> Option<BearerChallenge> {
        match self {
            Self::NoBearer => Some(BearerChallenge::token_required()),
            Self::Token(error) => error.bearer_challenge(),
            Self::NotListed { .. } | Self::NoUser | Self::Client(_) => None,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotListed { origin } if origin.is_empty() => f.write_str(
                "a request without a host was not sent: where it leads cannot be told; a tonic client \
                 is made by with_origin",
            ),
            Self::NotListed { origin } => write!(
                f,
                "a request to {origin} was not sent: tokens go to the base_url of [[downstream]] only"
            ),
            Self::NoUser => f.write_str("nobody is signed in for whom the API could be called"),
            Self::NoBearer => f.write_str(
                "no access token came with whose bearer the API could be called on behalf of them; put \
                 the handler's Bearer into the extensions of the outgoing request",
            ),
            Self::Token(error) => error.fmt(f),
            Self::Client(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Token(error) => Some(error),
            Self::Client(error) => Some(&**error),
            Self::NotListed { .. } | Self::NoUser | Self::NoBearer => None,
        }
    }
}

impl From<TokenError> for CallError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}
