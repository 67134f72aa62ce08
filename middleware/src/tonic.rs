//! Services of tonic's, and its statuses.

use ::tonic::metadata::MetadataMap;
use ::tonic::server::NamedService;
use ::tonic::{Code, Status};
use bytes::Bytes;
use http::header;

use crate::challenge::Challenge;
use crate::client::{CallError, DownstreamError};
use crate::guard::{BearerChallenge, BearerService, PermissionGuard, RequireSignIn, StepUpGuard};
use crate::layer::{B2cService, GrpcCode, GrpcStatus};
use crate::tokens::TokenError;

/// One service, with the layer around it alone.
impl<S: NamedService> NamedService for B2cService<S> {
    const NAME: &'static str = S::NAME;
}

/// One service, with the layer around it alone.
impl<S: NamedService> NamedService for BearerService<S> {
    const NAME: &'static str = S::NAME;
}

/// One service, with the guard around it alone.
impl<S: NamedService> NamedService for PermissionGuard<S> {
    const NAME: &'static str = S::NAME;
}

/// One service, with the guard around it alone.
impl<S: NamedService> NamedService for RequireSignIn<S> {
    const NAME: &'static str = S::NAME;
}

/// One service, with the guard around it alone.
impl<S: NamedService> NamedService for StepUpGuard<S> {
    const NAME: &'static str = S::NAME;
}

/// The status that the [`BearerLayer`](crate::BearerLayer) would answer with: `UNAUTHENTICATED`,
/// `PERMISSION_DENIED`, with `google.rpc.ErrorInfo` in its details and `www-authenticate` in its
/// metadata.
impl From<BearerChallenge> for Status {
    fn from(challenge: BearerChallenge) -> Self {
        let mut status = challenge.grpc_status(None, of);
        let value = challenge.www_authenticate(None);
        let value = value.and_then(|value| value.to_str().ok()?.parse().ok());
        if let Some(value) = value {
            let name = header::WWW_AUTHENTICATE.as_str();
            status.metadata_mut().insert(name, value);
        }
        status
    }
}

/// `UNAUTHENTICATED`: who calls has no session, or one that needs something first.
impl From<Challenge> for Status {
    fn from(challenge: Challenge) -> Self {
        let scopes = challenge.scopes().join(" ");
        let metadata = [("scope", scopes.as_str())];
        of(&GrpcStatus {
            code: GrpcCode::Unauthenticated,
            message: "sign in first",
            reason: "SIGN_IN_REQUIRED",
            metadata: if scopes.is_empty() { &[] } else { &metadata },
        })
    }
}

/// `UNAUTHENTICATED` where signing in helps, here or at the caller's, `UNAVAILABLE` where waiting
/// does, else `INTERNAL`.
impl From<TokenError> for Status {
    fn from(error: TokenError) -> Self {
        if let Some(challenge) = error.challenge() {
            return challenge.into();
        }
        if let Some(challenge) = error.bearer_challenge() {
            return challenge.into();
        }
        let code = match error {
            TokenError::Unavailable { .. } => GrpcCode::Unavailable,
            _ => GrpcCode::Internal,
        };
        of(&GrpcStatus {
            code,
            message: &error.to_string(),
            reason: "NO_ACCESS_TOKEN",
            metadata: &[],
        })
    }
}

/// As [`TokenError`] where there is no token; else `UNAVAILABLE`, with the error in the log.
impl From<CallError> for Status {
    fn from(error: CallError) -> Self {
        match error {
            CallError::NoUser => Challenge::sign_in().into(),
            CallError::NoBearer => BearerChallenge::token_required().into(),
            CallError::Token(error) => error.into(),
            error => unavailable(&error),
        }
    }
}

impl CallError {
    /// What an [`AccessTokenLayer`](crate::client::AccessTokenLayer) under a tonic client failed
    /// with, if that is what a status is about.
    pub fn in_status(status: &Status) -> Option<&Self> {
        let mut source = std::error::Error::source(status);
        while let Some(error) = source {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            source = error.source();
        }
        None
    }
}

/// As [`CallError`].
impl From<DownstreamError> for Status {
    fn from(error: DownstreamError) -> Self {
        match error {
            DownstreamError::Token(error) => error.into(),
            error => unavailable(&error),
        }
    }
}

fn unavailable(error: &impl std::fmt::Display) -> Status {
    tracing::warn!(%error, "a call to an API failed");
    of(&GrpcStatus {
        code: GrpcCode::Unavailable,
        message: "a service that this one needs gave no answer",
        reason: "DOWNSTREAM_FAILED",
        metadata: &[],
    })
}

fn of(status: &GrpcStatus<'_>) -> Status {
    let details = Bytes::from(status.details());
    let code = Code::from_i32(status.code as i32);
    Status::with_details_and_metadata(code, status.message, details, MetadataMap::new())
}
