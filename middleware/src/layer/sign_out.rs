//! Sign-out that the user asks for here (OpenID Connect RP-Initiated Logout 1.0).

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, header};
use url::form_urlencoded;

use super::caller::Caller;
use super::respond::redirect;
use super::shell::Shell;
use crate::cookie::CameBack;
use crate::flow::Refusal;
use crate::guard::is_cross_site;
use crate::metrics::{SignOutKind, SignOutOutcome, signed_out};
use crate::protocol::{LogoutRequest, logout_url};
use crate::session::{Record, SessionKey};

impl Shell {
    /// Ends the session here, whatever becomes of the rest, then at the provider.
    pub(super) async fn sign_out(
        &self,
        caller: &Caller,
        method: &Method,
        record: Option<&Record>,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        if is_cross_site(method, headers, self.config.base_url()) {
            signed_out(SignOutKind::Local, SignOutOutcome::Refused);
            return self.refuse(caller, &Refusal::CrossSite);
        }
        let session = self
            .ticket(headers)
            .map(|ticket| SessionKey::of(&ticket.id));
        let ended = usize::from(self.end_previous(headers).await);
        signed_out(SignOutKind::Local, SignOutOutcome::of(ended));
        self.tell_sign_out(caller, record, session).await;
        let mut cookies = self.cookies.clear_session(&self.cookies.look(headers));
        match self.at_the_provider(record).await {
            Some((location, under_way)) => {
                cookies.push(under_way);
                redirect(&location, cookies)
            }
            None => redirect(&self.config.app.after_sign_out, cookies),
        }
    }

    /// The browser is at the page that follows a sign-out, and one is under way: whether this is its
    /// end. Takes the answer's parameters out of the address; a foreign answer is shown as such.
    pub(super) fn signed_out(&self, caller: &Caller, headers: &HeaderMap) -> Response<Bytes> {
        let query = caller.uri.query().unwrap_or_default();
        let mut states =
            form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "state");
        let state = states.next().map(|(_, value)| value);
        let came_back = self
            .sign_outs
            .came_back(headers, state.as_deref(), self.now());
        let mut response = match came_back {
            Some(CameBack::WithOtherState) => self.refuse(caller, &Refusal::OtherSignOut),
            // Perhaps the user never went there, and the query is the app's own.
            Some(CameBack::WithoutState) => {
                tracing::info!("the provider did not return the state of a sign-out");
                redirect(caller.path_and_query(), [])
            }
            None => redirect(caller.path_and_query(), []),
            Some(CameBack::AsSent) => redirect(&self.config.app.after_sign_out, []),
        };
        response
            .headers_mut()
            .append(header::SET_COOKIE, self.sign_outs.end());
        response
    }

    /// Where the provider ends its own session, and the cookie that awaits its answer; `None` if it
    /// has no such place or does not answer.
    async fn at_the_provider(&self, record: Option<&Record>) -> Option<(String, HeaderValue)> {
        let provider = match record {
            Some(record) => self.providers.get(&record.provider)?,
            None => self.providers.default()?,
        };
        let user_flow = record.map_or(provider.sign_in_flow(), |record| {
            record.user_flow.as_deref()
        });
        let metadata = tokio::time::timeout(PATIENCE, provider.metadata(user_flow)).await;
        let metadata = match metadata {
            Ok(Ok(metadata)) => metadata,
            Ok(Err(error)) => {
                tracing::warn!(%error, "signed out here, but the provider could not be told");
                return None;
            }
            Err(_) => {
                tracing::warn!("signed out here, but the provider did not answer in time");
                return None;
            }
        };
        let endpoint = metadata.end_session_endpoint.as_ref()?;
        let (state, under_way) = self.sign_outs.begin(self.now());
        let request = LogoutRequest {
            return_to: &self.config.app.url(&self.config.app.after_sign_out),
            client_id: &provider.settings.client_id,
            state: &state,
            id_token_hint: record.and_then(|record| record.origin.id_token.as_ref()),
        };
        Some((logout_url(endpoint, &request).to_string(), under_way))
    }
}

/// How long a user who signs out waits for the provider's metadata, if it is not known yet.
const PATIENCE: Duration = Duration::from_secs(3);
