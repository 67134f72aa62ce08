//! Sign-out that the provider's server tells of (OpenID Connect Back-Channel Logout 1.0).

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Body;
use serde_json::json;
use url::form_urlencoded;

use super::app_events::audit_provider_sign_out;
use super::caller::Caller;
use super::form::{FormError, is_form, read_form};
use super::shell::Shell;
use crate::events::{AuditEvent, Occurrence};
use crate::jwt::{LoggedOut, LogoutToken};
use crate::metrics::{SignOutKind, SignOutOutcome, signed_out};
use crate::protocol::{LogoutTokenError, verify_logout_token};
use crate::session::{IndexKey, Mark, StoreError};

impl Shell {
    /// Answers a logout request: 200 if the sessions are ended, else 400 with the reason as RFC 6749
    /// §5.2 has it (§2.8). Needs no cookie: the token tells whose sessions they are.
    pub(super) async fn back_channel_sign_out<B: Body>(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        body: B,
    ) -> Response<Bytes> {
        let ended = self.logged_out(caller, headers, body).await;
        let outcome = match &ended {
            Ok(sessions) => SignOutOutcome::of(*sessions),
            Err(refusal) => refusal.outcome(),
        };
        signed_out(SignOutKind::BackChannel, outcome);
        match ended {
            Ok(sessions) => {
                tracing::info!(sessions, "the provider ended sessions");
                answer(StatusCode::OK, Bytes::new())
            }
            Err(refusal) => {
                tracing::warn!(reason = %refusal, "a logout request has no effect");
                let event = AuditEvent {
                    client_address: caller.client_address,
                    path: Some(caller.uri.path()),
                    reason: Some(refusal.reason()),
                    ..AuditEvent::default()
                };
                event.tell(Occurrence::ProviderSignOutRefused);
                refusal.answer()
            }
        }
    }

    /// Ends what the request is about; returns how many sessions that were.
    async fn logged_out<B: Body>(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        body: B,
    ) -> Result<usize, NoLogout> {
        if self.sessions.are_in_browsers() {
            let reason = "this app keeps sessions in the browsers and cannot end them from here";
            return Err(NoLogout::Request(reason));
        }
        if !is_form(headers) {
            return Err(NoLogout::Request("the content is not a form"));
        }
        let form = read_form(body, LARGEST).await.map_err(NoLogout::Form)?;
        let mut tokens = form_urlencoded::parse(&form).filter(|(name, _)| name == "logout_token");
        let token = match (tokens.next(), tokens.next()) {
            (Some((_, token)), None) => token,
            (None, _) => return Err(NoLogout::Request("logout_token is missing")),
            (Some(_), Some(_)) => return Err(NoLogout::Request("logout_token is there twice")),
        };
        let verified = verify_logout_token(&self.providers, &token, self.now()).await;
        let (providers, token) = verified.map_err(NoLogout::Token)?;

        let used = Mark::token(&token.issuer, &token.jti);
        // A token from a clock that is ahead of ours counts for a little longer.
        let until = token.stale_at + CLOCKS_DIFFER;
        if !self
            .sessions
            .mark(used, until)
            .await
            .map_err(NoLogout::Store)?
        {
            return Err(NoLogout::Request("the logout token was used before"));
        }
        let names: Vec<_> = providers.iter().map(|provider| provider.name()).collect();
        let ended = self.end_logged_out(&names, &token).await;
        if ended.is_err() {
            // The provider may try again with the same token.
            self.sessions.unmark(used).await;
        }
        let ended = ended.map_err(NoLogout::Store)?;
        let subject = match &token.about {
            LoggedOut::User { subject } => Some(subject.as_str()),
            LoggedOut::Session { subject, .. } => subject.as_deref(),
        };
        audit_provider_sign_out(caller, names.first().copied(), subject, ended);
        Ok(ended)
    }

    async fn end_logged_out(
        &self,
        providers: &[&str],
        token: &LogoutToken,
    ) -> Result<usize, StoreError> {
        let sessions = &self.sessions;
        // First the marks: a sign-in that is under way must not bring the session back.
        let mut ended = 0;
        let subject = match &token.about {
            LoggedOut::User { subject } => {
                sessions.tell_user_ended(&token.issuer, subject).await?;
                let user = |provider: &&str| IndexKey::user(provider, subject);
                return self.end_all(providers.iter().map(user)).await;
            }
            LoggedOut::Session { sid, subject } => {
                sessions.tell_session_ended(&token.issuer, sid).await?;
                let session = IndexKey::provider_session(&token.issuer, sid);
                ended += sessions.end_indexed(session, None).await?;
                subject
            }
        };
        // Whose sign-in did not tell its session may be meant as well.
        let Some(subject) = subject else {
            return Ok(ended);
        };
        sessions.tell_unnamed_ended(&token.issuer, subject).await?;
        let unnamed = |provider: &&str| IndexKey::without_provider_session(provider, subject);
        Ok(ended + self.end_all(providers.iter().map(unnamed)).await?)
    }

    async fn end_all(&self, found_by: impl Iterator<Item = IndexKey>) -> Result<usize, StoreError> {
        let mut ended = 0;
        for index in found_by {
            ended += self.sessions.end_indexed(index, None).await?;
        }
        Ok(ended)
    }
}

/// Why a logout request has no effect.
enum NoLogout {
    Form(FormError),
    Request(&'static str),
    Token(LogoutTokenError),
    Store(StoreError),
}

impl NoLogout {
    /// One word, for the audit.
    fn reason(&self) -> &'static str {
        match self {
            Self::Form(_) | Self::Request(_) => "logout_request_invalid",
            Self::Token(LogoutTokenError::Invalid(_)) => "logout_token_invalid",
            Self::Token(LogoutTokenError::Unavailable(_)) => "provider_unavailable",
            Self::Store(_) => "store_unavailable",
        }
    }

    fn outcome(&self) -> SignOutOutcome {
        match self {
            Self::Form(_) | Self::Request(_) | Self::Token(LogoutTokenError::Invalid(_)) => {
                SignOutOutcome::Refused
            }
            Self::Token(LogoutTokenError::Unavailable(_)) | Self::Store(_) => {
                SignOutOutcome::Unavailable
            }
        }
    }

    fn answer(&self) -> Response<Bytes> {
        let (status, error) = match self {
            Self::Form(error) => (error.status(), "invalid_request"),
            Self::Request(_) | Self::Token(LogoutTokenError::Invalid(_)) => {
                (StatusCode::BAD_REQUEST, "invalid_request")
            }
            // §2.8 has 400 for whatever failed.
            Self::Token(LogoutTokenError::Unavailable(_)) | Self::Store(_) => {
                (StatusCode::BAD_REQUEST, "temporarily_unavailable")
            }
        };
        let description = match self {
            // The inside is the log's.
            Self::Token(LogoutTokenError::Unavailable(_)) => {
                "the provider's keys cannot be had at present".to_owned()
            }
            Self::Store(_) => "the sessions cannot be ended at present".to_owned(),
            refusal => refusal.to_string(),
        };
        let body = json!({ "error": error, "error_description": description });
        let mut response = answer(status, Bytes::from(body.to_string()));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

impl std::fmt::Display for NoLogout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Form(error) => error.fmt(f),
            Self::Request(reason) => f.write_str(reason),
            Self::Token(reason) => write!(f, "logout token: {reason}"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

fn answer(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

/// A logout token is a few hundred bytes.
const LARGEST: usize = 64 * 1024;

const CLOCKS_DIFFER: Duration = Duration::from_secs(120);
