//! Refusals in the caller's language (RFC 6750 §3; RFC 9457; gRPC).
//!
//! What exactly is wrong with a token is for the log: the answer tells no more than a client can act
//! on, and that it expired only where its signature is good.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::challenge::{BearerChallenge, Reason};
use crate::jwt::DpopProof;
use crate::layer::{Grpc, GrpcCode, GrpcStatus, json_response};

impl BearerChallenge {
    /// The answer for a gRPC client, or for everybody else. `metadata_url` is where the API
    /// describes itself.
    pub(super) fn answer(&self, grpc: Option<Grpc>, metadata_url: Option<&str>) -> Response<Bytes> {
        let scopes = self.scopes().join(" ");
        let (status, reason, title) = (self.status(), self.reason(), self.title());
        let mut response = match grpc {
            Some(grpc) => self.grpc_status(metadata_url, |status| grpc.response(status)),
            None => {
                let mut body = json!({
                    "type": "about:blank",
                    "title": title,
                    "status": status.as_u16(),
                    "reason": reason,
                });
                if !scopes.is_empty() {
                    body["scope"] = scopes.as_str().into();
                }
                json_response(status, "application/problem+json", &body)
            }
        };
        let headers = response.headers_mut();
        let nosniff = HeaderValue::from_static("nosniff");
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
        if let Some(value) = self.www_authenticate(metadata_url) {
            headers.insert(header::WWW_AUTHENTICATE, value);
        }
        if let Reason::UseNonce { nonce } = &self.0 {
            headers.extend(nonce_header(nonce));
        }
        if let Reason::Unavailable { retry_after } = &self.0 {
            let after = retry_after.unwrap_or(RETRY_AFTER).max(RETRY_AFTER);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs()));
        }
        response
    }

    /// What gRPC clients are told.
    pub(crate) fn grpc_status<T>(
        &self,
        metadata_url: Option<&str>,
        tell: impl FnOnce(&GrpcStatus<'_>) -> T,
    ) -> T {
        let scopes = self.scopes().join(" ");
        let mut metadata = Vec::new();
        if !scopes.is_empty() {
            metadata.push(("scope", scopes.as_str()));
        }
        if let Reason::Claims { encoded } = &self.0 {
            metadata.push(("claims", encoded.as_str()));
        }
        if let Some(url) = metadata_url {
            metadata.push(("resource_metadata", url));
        }
        tell(&GrpcStatus {
            code: GrpcCode::of(self.status()),
            message: self.title(),
            reason: &self.reason().to_ascii_uppercase(),
            metadata: &metadata,
        })
    }

    /// RFC 6750 §3: no error code where there was no token.
    pub(crate) fn www_authenticate(&self, metadata_url: Option<&str>) -> Option<HeaderValue> {
        let scopes = self.scopes().join(" ");
        let error = match &self.0 {
            Reason::Missing { .. } => None,
            Reason::NotProved => Some("invalid_dpop_proof"),
            Reason::UseNonce { .. } => Some("use_dpop_nonce"),
            Reason::Malformed => Some("invalid_request"),
            Reason::Invalid | Reason::Expired => Some("invalid_token"),
            Reason::Insufficient { .. } => Some("insufficient_scope"),
            Reason::Claims { .. } => Some("insufficient_claims"),
            Reason::Unavailable { .. } => return None,
        };
        let scheme = match &self.0 {
            Reason::NotProved | Reason::UseNonce { .. } => "DPoP",
            _ => "Bearer",
        };
        let mut value = format!("{scheme} realm=\"api\"");
        let mut add = |name: &str, text: &str| {
            value.push_str(", ");
            value.push_str(name);
            value.push_str("=\"");
            value.push_str(text);
            value.push('"');
        };
        if let Some(error) = error {
            add("error", error);
            add("error_description", self.title());
        }
        if let Reason::Claims { encoded } = &self.0 {
            add("claims", encoded);
        }
        // What would end the quotes is in no scope (RFC 6749 §3.3).
        if !scopes.is_empty() && !scopes.contains(['"', '\\']) {
            add("scope", &scopes);
        }
        if let Some(url) = metadata_url {
            add("resource_metadata", url);
        }
        if scheme == "DPoP" {
            // RFC 9449 §7.1.
            add("algs", DpopProof::ALGORITHMS);
        }
        HeaderValue::from_str(&value).ok()
    }

    pub(crate) fn scopes(&self) -> &[String] {
        match &self.0 {
            Reason::Missing { scopes } | Reason::Insufficient { scopes } => scopes,
            _ => &[],
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match &self.0 {
            Reason::Missing { .. }
            // RFC 6750 §3.1 has 400 for it. Clients and proxies get a new token, or tell their user,
            // on a 401 alone (RFC 9110 §15.5.2), and a header that shows no token authenticates
            // nobody; the error code stays the RFC's.
            | Reason::Malformed
            | Reason::Invalid
            | Reason::Expired
            | Reason::NotProved
            | Reason::UseNonce { .. }
            | Reason::Claims { .. } => StatusCode::UNAUTHORIZED,
            Reason::Insufficient { .. } => StatusCode::FORBIDDEN,
            Reason::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// One word for programs.
    pub(crate) fn reason(&self) -> &'static str {
        match &self.0 {
            Reason::Missing { .. } => "token_missing",
            Reason::Malformed => "invalid_request",
            Reason::Invalid => "invalid_token",
            Reason::Expired => "token_expired",
            Reason::NotProved => "invalid_dpop_proof",
            Reason::UseNonce { .. } => "use_dpop_nonce",
            Reason::Insufficient { .. } => "insufficient_scope",
            Reason::Claims { .. } => "insufficient_claims",
            Reason::Unavailable { .. } => "provider_unavailable",
        }
    }

    fn title(&self) -> &'static str {
        match &self.0 {
            Reason::Missing { .. } => "This request needs an access token",
            Reason::Malformed => "The Authorization header is malformed",
            Reason::Invalid => "The access token is invalid",
            Reason::Expired => "The access token expired",
            Reason::UseNonce { .. } => "The proof of possession needs the nonce of this answer",
            Reason::NotProved => "Possession of the access token's key is not proved",
            Reason::Insufficient { .. } => "The access token does not permit this",
            Reason::Claims { .. } => "The access token does not say enough",
            Reason::Unavailable { .. } => "The access token cannot be verified at the moment",
        }
    }
}

/// What a client puts into its next proof (RFC 9449 §8.2 and §9).
pub(super) fn nonce_header(nonce: &str) -> Option<(HeaderName, HeaderValue)> {
    let value = HeaderValue::from_str(nonce).ok()?;
    Some((HeaderName::from_static("dpop-nonce"), value))
}

const RETRY_AFTER: Duration = Duration::from_secs(3);
