//! Extractors and responses for axum.

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

use crate::challenge::Challenge;
use crate::client::{CallError, DownstreamError};
use crate::guard::{Bearer, BearerChallenge};
use crate::session::Session;
use crate::tokens::TokenError;

/// A signed-in user, or a challenge to sign in.
impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = Challenge;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Challenge> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(Challenge::sign_in)
    }
}

/// The user if signed in.
impl<S: Sync> OptionalFromRequestParts<S> for Session {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// The verified access token, or a challenge to show one.
impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = BearerChallenge;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, BearerChallenge> {
        let bearer = parts.extensions.get::<Self>().cloned();
        bearer.ok_or_else(BearerChallenge::token_required)
    }
}

/// The verified access token if there is one.
impl<S: Sync> OptionalFromRequestParts<S> for Bearer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// 401 with the challenge; the [`BearerLayer`](crate::BearerLayer) makes the answer of it.
impl IntoResponse for BearerChallenge {
    fn into_response(self) -> Response {
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// 401 with the challenge; the layer turns it into what the caller understands.
impl IntoResponse for Challenge {
    fn into_response(self) -> Response {
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The challenge where signing in helps. Else 503 or 502, with the error in the extensions: the
/// layer turns it into a page, problem details or a gRPC status.
impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        if let Some(challenge) = self.challenge() {
            return challenge.into_response();
        }
        if let Some(challenge) = self.bearer_challenge() {
            return challenge.into_response();
        }
        let status = match self {
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_GATEWAY,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The challenge where signing in helps; the answer of [`TokenError`] where there is no token; else
/// 502, with the error in the log.
impl IntoResponse for DownstreamError {
    fn into_response(self) -> Response {
        match self {
            Self::Token(error) => error.into_response(),
            error => bad_gateway(&error),
        }
    }
}

/// As [`DownstreamError`] is answered.
impl IntoResponse for CallError {
    fn into_response(self) -> Response {
        match self {
            Self::NoUser => Challenge::sign_in().into_response(),
            Self::NoBearer => BearerChallenge::token_required().into_response(),
            Self::Token(error) => error.into_response(),
            error => bad_gateway(&error),
        }
    }
}

fn bad_gateway(error: &impl std::fmt::Display) -> Response {
    tracing::warn!(%error, "a call to an API failed");
    StatusCode::BAD_GATEWAY.into_response()
}
