//! In whose name an API is called, and what becomes of its claims challenges.

use std::sync::Arc;

use http::Request;

use super::error::CallError;
use super::transport::Calls;
use crate::config::Downstream;
use crate::guard::Bearer;
use crate::session::Session;
use crate::time::Timestamp;
use crate::tokens::{AccessToken, AppTokens, ClaimsChallenge, TokenError};
use crate::trace::TraceContext;

/// How it is known in whose name a request is.
#[derive(Clone)]
pub(super) enum Callers {
    /// The user whose session is in the extensions of the request.
    UserOfRequest,
    /// On behalf of whose token is in the extensions of the request.
    BearerOfRequest(AppTokens),
    /// The same for all requests.
    Same(Caller),
}

/// In whose name an API is called.
#[derive(Clone)]
pub(super) enum Caller {
    User(Session),
    App(AppTokens),
    /// The user for whom an application called this one.
    Bearer(AppTokens, Bearer),
}

impl Callers {
    pub(super) fn of<B>(&self, request: &Request<B>) -> Result<Caller, CallError> {
        let extensions = request.extensions();
        match self {
            Self::UserOfRequest => {
                let session = extensions.get::<Session>().cloned();
                session.map(Caller::User).ok_or(CallError::NoUser)
            }
            Self::BearerOfRequest(tokens) => {
                let bearer = extensions.get::<Bearer>().cloned();
                let bearer = bearer.ok_or(CallError::NoBearer)?;
                Ok(Caller::Bearer(tokens.clone(), bearer))
            }
            Self::Same(caller) => Ok(caller.clone()),
        }
    }
}

impl Caller {
    pub(super) fn trace(&self) -> Option<&TraceContext> {
        match self {
            Self::User(session) => session.trace(),
            Self::App(_) | Self::Bearer(..) => None,
        }
    }

    pub(super) async fn token(&self, api: &Downstream) -> Result<AccessToken, TokenError> {
        self.check(api)?;
        match self {
            Self::User(session) => session.access_token(&scopes(api)).await,
            Self::App(tokens) => tokens.token_for(api.name()).await,
            Self::Bearer(tokens, bearer) => tokens.on_behalf_of(bearer, &scopes(api)).await,
        }
    }

    pub(super) async fn replace(
        &self,
        api: &Downstream,
        rejected: &AccessToken,
        challenge: Option<&ClaimsChallenge>,
    ) -> Result<AccessToken, TokenError> {
        let scopes = scopes(api);
        match (self, challenge) {
            (Self::User(session), None) => session.replace_access_token(&scopes, rejected).await,
            (Self::User(session), Some(claims)) => {
                session
                    .replace_access_token_for(&scopes, rejected, claims)
                    .await
            }
            (Self::App(tokens), challenge) => {
                let name = api.name();
                tokens.replace_token_for(name, rejected, challenge).await
            }
            (Self::Bearer(tokens, bearer), None) => {
                tokens.replace_on_behalf_of(bearer, &scopes, rejected).await
            }
            // A token made of the caller's is no better than that: the caller has to get another.
            (Self::Bearer(..), Some(challenge)) => Err(self.unsatisfied(api, challenge)),
        }
    }

    /// The API wants what a new token does not have, or cannot be asked a second time.
    pub(super) fn unsatisfied(&self, api: &Downstream, challenge: &ClaimsChallenge) -> TokenError {
        tracing::info!(api = api.name(), "an API asks for claims");
        match self {
            Self::User(_) => TokenError::claims_required(api.full_scopes(), challenge),
            Self::App(_) => TokenError::ClaimsNotMet {
                downstream: api.name().to_owned(),
                claims: challenge.as_json().to_owned(),
            },
            Self::Bearer(..) => TokenError::CallerMustSignIn {
                claims: Some(challenge.as_json().to_owned()),
            },
        }
    }

    /// The API refuses a token that was fetched because it refused another.
    pub(super) fn note_refused(
        &self,
        api: &Downstream,
        token: &AccessToken,
        challenge: Option<&ClaimsChallenge>,
    ) {
        self.calls().refused.note(api, token, challenge, self.now());
    }

    /// Whether it did so a short while ago, so that a new token is no use.
    pub(super) fn has_refused(
        &self,
        api: &Downstream,
        token: &AccessToken,
        challenge: Option<&ClaimsChallenge>,
    ) -> bool {
        let calls = self.calls();
        calls.refused.is_noted(api, token, challenge, self.now())
    }

    /// What it calls with: of a session as its request began, of the app as it is configured now.
    pub(super) fn calls(&self) -> Arc<Calls> {
        match self {
            Self::User(session) => Arc::clone(session.calls()),
            Self::App(tokens) | Self::Bearer(tokens, _) => tokens.calls(),
        }
    }

    fn now(&self) -> Timestamp {
        match self {
            Self::User(session) => session.now(),
            Self::App(tokens) | Self::Bearer(tokens, _) => tokens.now(),
        }
    }

    /// Whether there can be tokens of the caller's provider for the API.
    pub(super) fn is_for(&self, api: &Downstream) -> bool {
        match self {
            Self::User(session) => api.is_for(session.provider()),
            Self::Bearer(_, bearer) => api.is_for(bearer.provider()),
            Self::App(_) => true,
        }
    }

    fn check(&self, api: &Downstream) -> Result<(), TokenError> {
        if self.is_for(api) {
            return Ok(());
        }
        Err(TokenError::NotGranted {
            scopes: api.full_scopes().collect(),
        })
    }
}

fn scopes(api: &Downstream) -> Vec<&str> {
    api.scopes().iter().map(String::as_str).collect()
}
