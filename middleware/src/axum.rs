//! Extractors and responses for axum.

use axum_core::body::Body;
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use crate::challenge::Challenge;
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

/// 401 with the challenge; the layer turns it into what the caller understands.
impl IntoResponse for Challenge {
    fn into_response(self) -> Response {
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The challenge where signing in helps; else 503 with `Retry-After`, or 502.
impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        if let Some(challenge) = self.challenge() {
            return challenge.into_response();
        }
        tracing::error!(error = %self, "a handler could not acquire an access token");
        let (status, text) = match &self {
            Self::Unavailable { .. } => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The sign-in provider is not available. Please try again.",
            ),
            _ => (
                StatusCode::BAD_GATEWAY,
                "The sign-in provider did not grant access to this service.",
            ),
        };
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        if let Self::Unavailable { retry_after } = &self {
            let seconds = retry_after.map_or(5, |wait| wait.as_secs().max(1));
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
