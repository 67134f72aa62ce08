//! A gRPC client that is refused.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::HeaderMap;
use percent_encoding::percent_decode_str;

use super::details::ErrorInfo;
use super::{assert_all, unexpected};

/// A status other than `OK`, with its `google.rpc.ErrorInfo`.
#[derive(Clone)]
pub struct GrpcChallenge {
    code: i32,
    message: String,
    reason: Option<String>,
    metadata: BTreeMap<String, String>,
}

/// What a status asks of who called, as a method of a service returns it or a client gets it.
#[cfg(feature = "tonic")]
pub fn status(status: &tonic::Status) -> GrpcChallenge {
    let message = status.message().to_owned();
    GrpcChallenge::new(i32::from(status.code()), message, status.details())
}

impl GrpcChallenge {
    /// Reads the headers or trailers of a response; `None` without a status.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let code = text("grpc-status")?.parse().ok()?;
        let message = percent_decode_str(text("grpc-message").unwrap_or_default());
        let message = message.decode_utf8_lossy().into_owned();
        let details = text("grpc-status-details-bin").unwrap_or_default();
        let details = STANDARD_NO_PAD.decode(details.trim_end_matches('='));
        Some(Self::new(code, message, &details.unwrap_or_default()))
    }

    fn new(code: i32, message: String, details: &[u8]) -> Self {
        let info = ErrorInfo::in_status(details);
        let (reason, metadata) = info.map_or((None, BTreeMap::new()), |info| {
            (Some(info.reason), info.metadata)
        });
        Self {
            code,
            message,
            reason,
            metadata,
        }
    }

    pub(super) fn is_ok(&self) -> bool {
        self.code == 0
    }

    /// The code: 16 is `UNAUTHENTICATED`, 7 `PERMISSION_DENIED`, 14 `UNAVAILABLE`.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// The message for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The one word for programs: `SIGN_IN_REQUIRED`, `TOKEN_MISSING`, `INSUFFICIENT_SCOPE` and their
    /// like.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// What the `ErrorInfo` says besides: `sign_in`, `scope`, `claims`, `resource_metadata`.
    pub fn metadata(&self, name: &str) -> Option<&str> {
        self.metadata.get(name).map(String::as_str)
    }

    /// The scopes that are missing.
    pub fn scopes(&self) -> Vec<String> {
        let scopes = self.metadata("scopes").or_else(|| self.metadata("scope"));
        let scopes = scopes.unwrap_or_default().split_whitespace();
        scopes.map(str::to_owned).collect()
    }

    /// The code is this.
    #[track_caller]
    pub fn assert_code(&self, code: i32) -> &Self {
        if self.code != code {
            unexpected(&format!("gRPC status {code}"), &self.to_string());
        }
        self
    }

    /// The reason is this.
    #[track_caller]
    pub fn assert_reason(&self, reason: &str) -> &Self {
        super::assert_same("the reason", reason, self.reason());
        self
    }

    /// These scopes are missing and no others, in any order.
    #[track_caller]
    pub fn assert_scopes(&self, scopes: &[&str]) -> &Self {
        assert_all("the scopes", scopes, &self.scopes());
        self
    }
}

impl fmt::Display for GrpcChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason().unwrap_or("none");
        write!(f, "gRPC status {} with the reason {reason:?}", self.code)
    }
}

impl fmt::Debug for GrpcChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GrpcChallenge({self})")
    }
}
