//! Sign-out that a frame of the provider's page tells of (OpenID Connect Front-Channel Logout 1.0).

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::app_events::audit_provider_sign_out;
use super::caller::Caller;
use super::shell::Shell;
use crate::metrics::{SignOutKind, SignOutOutcome, signed_out};
use crate::protocol::FrontChannelLogout;
use crate::session::{IndexKey, StoreError};

impl Shell {
    /// Ends the session that the frame names. Found by `iss` and `sid` and not by the cookie, which
    /// browsers withhold from a frame on another site's page.
    pub(super) async fn front_channel_sign_out(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        let query = caller.uri.query().unwrap_or_default();
        let Some(logout) = FrontChannelLogout::parse(query) else {
            tracing::info!("a front-channel logout names iss or sid without the other");
            signed_out(SignOutKind::FrontChannel, SignOutOutcome::Refused);
            return self.for_the_frame(StatusCode::BAD_REQUEST);
        };
        let ended = match logout {
            FrontChannelLogout::Session { issuer, sid } => {
                let session = IndexKey::provider_session(&issuer, &sid);
                match self.sessions.end_indexed(session, None).await {
                    Ok(0) if self.is_unnamed(&issuer, headers).await => {
                        Ok(usize::from(self.end_previous(headers).await))
                    }
                    ended => ended,
                }
            }
            // Anybody may link to this address, and a link must not sign people out: a frame on
            // another site has no cookie, so only one that the browser calls a frame counts.
            FrontChannelLogout::Browser if is_navigation(headers) => Ok(0),
            FrontChannelLogout::Browser => Ok(usize::from(self.end_previous(headers).await)),
        };
        let outcome = match &ended {
            Ok(sessions) => SignOutOutcome::of(*sessions),
            Err(_) => SignOutOutcome::Unavailable,
        };
        signed_out(SignOutKind::FrontChannel, outcome);
        match ended {
            Ok(sessions) => {
                tracing::info!(sessions, "a front-channel logout ended sessions");
                audit_provider_sign_out(caller, None, None, sessions);
                let mut response = self.for_the_frame(StatusCode::OK);
                if self.has_dead_ticket(headers).await {
                    self.clear_ticket(headers, response.headers_mut());
                }
                response
            }
            Err(error) => {
                tracing::error!(%error, "a front-channel logout has no effect");
                self.for_the_frame(if error.is_permanent() {
                    StatusCode::NOT_IMPLEMENTED
                } else {
                    StatusCode::SERVICE_UNAVAILABLE
                })
            }
        }
    }

    /// Whether the frame brings a cookie, as one on the same site does, of a session from this issuer
    /// that cannot be found by `sid`, since its sign-in named none.
    async fn is_unnamed(&self, issuer: &str, headers: &HeaderMap) -> bool {
        if is_navigation(headers) {
            return false;
        }
        let Ok(Some(live)) = self.signed_in(headers).await else {
            return false;
        };
        let record = live.record();
        record.origin.provider_session.is_none() && record.origin.issuer == issuer
    }

    /// An empty page that the providers may frame, and nobody else.
    fn for_the_frame(&self, status: StatusCode) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from_static(b"<!doctype html><title></title>"));
        *response.status_mut() = status;
        let mut policy = String::from("default-src 'none'; base-uri 'none'; frame-ancestors");
        for origin in self.config.provider_origins() {
            policy.push(' ');
            policy.push_str(origin);
        }
        let headers = response.headers_mut();
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        let fixed: [(HeaderName, &'static str); 4] = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            // §2: a cached answer would sign nobody out.
            (header::CACHE_CONTROL, "no-store"),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }

    /// Whether the request's own session, if it has one, is over.
    async fn has_dead_ticket(&self, headers: &HeaderMap) -> bool {
        let carries = self.cookies.look(headers).session.is_some();
        let alive: Result<_, StoreError> = self.signed_in(headers).await;
        carries && matches!(alive, Ok(None))
    }
}

/// Whether the browser says that this is to be shown as a page of its own (W3C Fetch Metadata).
fn is_navigation(headers: &HeaderMap) -> bool {
    let destination = headers.get(HeaderName::from_static("sec-fetch-dest"));
    destination.is_some_and(|value| value == "document")
}
