//! The layer's own endpoints: carries out, step by step, what the flow decides.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use url::form_urlencoded;

use super::caller::Caller;
use super::redeem::{Ended, provider_unavailable};
use super::respond::redirect;
use super::shell::Shell;
use crate::challenge::Challenge;
use crate::cookie::{Purpose, Ticket, Trail, Transaction};
use crate::flow::{self, Begin, Refusal, Step, Visit, local_path};
use crate::guard::is_cross_site;
use crate::protocol::{AuthorizationRequest, Callback, authorization_url, logout_url};
use crate::session::{Live, StoreError};

impl Shell {
    /// Answers one of the layer's own endpoints.
    pub(super) async fn own_endpoint(
        &self,
        visit: Visit,
        method: &Method,
        caller: &Caller,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        let signed_in = match self.signed_in(headers).await {
            Ok(signed_in) => signed_in,
            // Signing out must work even then: the cookie goes, the record expires.
            Err(_) if visit == Visit::SignOut => None,
            Err(error) => return self.store_unavailable(caller, &error),
        };
        let return_to = || self.wanted_return(caller);
        match visit {
            Visit::SignIn => {
                let scopes = self.wanted_scopes(caller);
                if signed_in.is_some() && scopes.is_empty() {
                    return redirect(&return_to(), []);
                }
                let begin = Begin {
                    scopes,
                    ..Begin::sign_in(return_to())
                };
                self.begin(caller, begin, headers).await
            }
            // An anonymous visitor signs in first and is brought back here.
            Visit::EditProfile if signed_in.is_none() => {
                self.challenge(caller, &Challenge::sign_in()).await
            }
            Visit::EditProfile => {
                self.begin(
                    caller,
                    Begin::new(Purpose::EditProfile, return_to()),
                    headers,
                )
                .await
            }
            Visit::ResetPassword => {
                self.begin(
                    caller,
                    Begin::new(Purpose::ResetPassword, return_to()),
                    headers,
                )
                .await
            }
            Visit::Callback => self.callback(caller, signed_in.as_ref(), headers).await,
            Visit::ConfirmSignOut => self.confirm_sign_out(),
            Visit::SignOut => {
                self.sign_out(caller, method, signed_in.as_ref(), headers)
                    .await
            }
            Visit::WrongMethod(allowed) => Self::wrong_method(allowed),
            // The service never sends these here.
            Visit::Pass => redirect("/", []),
        }
    }

    /// Sends the browser to a user flow, with a transaction cookie to come back with.
    pub(super) async fn begin(
        &self,
        caller: &Caller,
        begin: Begin,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        let flows = &self.config.provider.user_flows;
        // Flows that are not configured are not offered: `classify` and `answer` see to that.
        let user_flow = match begin.purpose {
            Purpose::SignIn => None,
            Purpose::EditProfile => flows.edit_profile.as_ref(),
            Purpose::ResetPassword => flows.reset_password.as_ref(),
        };
        let user_flow = user_flow.unwrap_or(&flows.sign_up_sign_in);
        let metadata = match self.directory.find(user_flow).await {
            Ok(metadata) => metadata,
            Err(error) => return self.refuse(caller, &provider_unavailable(&error)),
        };

        let mut request = AuthorizationRequest::new();
        if begin.restart {
            request.state.insert_str(0, Begin::RESTART_MARK);
        }
        let scopes = self.resource_scopes(&begin);
        let location = authorization_url(
            &request,
            &metadata,
            &self.config.provider.client_id,
            self.redirect_uri.clone(),
            &begin.purpose.scopes(&scopes),
        );
        let now = self.now();
        let transaction = Transaction {
            state: request.state,
            nonce: request.nonce,
            verifier: request.verifier,
            purpose: begin.purpose,
            user_flow: user_flow.clone(),
            scopes,
            return_to: begin.return_to,
            started: now,
        };
        redirect(
            location.as_str(),
            self.transactions.begin(&transaction, headers, now),
        )
    }

    /// The authorization response.
    async fn callback(
        &self,
        caller: &Caller,
        signed_in: Option<&Arc<Live>>,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        let callback = match Callback::parse(caller.uri.query().unwrap_or_default()) {
            Ok(callback) => callback,
            Err(error) => return self.refuse(caller, &Refusal::Callback(error)),
        };
        let state = match &callback {
            Callback::Code { state, .. } => Some(state.clone()),
            Callback::Error { state, .. } => state.clone(),
        };
        let find = |state: &String| self.transactions.find(state, headers, self.now());
        let Some(transaction) = state.as_ref().and_then(find) else {
            tracing::info!(
                "an authorization response belongs to no pending sign-in of this browser"
            );
            let step = flow::unknown_answer(&self.config, callback, signed_in.is_some());
            return self.perform(caller, step, signed_in, headers).await;
        };

        // Whatever comes of it, the transaction is used up.
        let ended = self.transactions.end(&transaction.state);
        let step = flow::answer(&self.config, transaction, callback);
        let mut response = self.perform(caller, step, signed_in, headers).await;
        response
            .headers_mut()
            .append(http::header::SET_COOKIE, ended);
        response
    }

    async fn perform(
        &self,
        caller: &Caller,
        step: Step,
        signed_in: Option<&Arc<Live>>,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        match step {
            Step::Begin(begin) => self.begin(caller, begin, headers).await,
            Step::ReturnTo(path) => redirect(&path, []),
            Step::ReturnCancelled(path) => {
                redirect(&path, [self.cookies.set_trail(Trail::Cancelled)])
            }
            Step::Refuse(refusal) => self.refuse(caller, &refusal),
            Step::Redeem { transaction, code } => {
                match self.redeem(&transaction, &code, signed_in, headers).await {
                    Ok(response) => response,
                    Err(Ended::Refused(refusal)) => self.refuse(caller, &refusal),
                    Err(Ended::Again(begin)) => self.begin(caller, begin, headers).await,
                }
            }
        }
    }

    /// Ends the session here, then at the provider.
    async fn sign_out(
        &self,
        caller: &Caller,
        method: &Method,
        signed_in: Option<&Arc<Live>>,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        if is_cross_site(method, headers, self.config.base_url()) {
            return self.refuse(caller, &Refusal::CrossSite);
        }
        self.end_previous(headers).await;
        let flows = &self.config.provider.user_flows;
        let user_flow = signed_in.map(|live| live.record().user_flow.clone());
        let user_flow = user_flow.unwrap_or_else(|| flows.sign_up_sign_in.clone());

        let home = &self.config.app.after_sign_out;
        let location = match self.directory.find(&user_flow).await {
            Ok(metadata) => metadata
                .end_session_endpoint
                .as_ref()
                .map(|endpoint| logout_url(endpoint, &self.config.app.url(home)).to_string()),
            Err(error) => {
                tracing::warn!(%error, "signed out here, but the provider could not be told");
                None
            }
        };
        let cookie = self.cookies.clear(self.cookies.session());
        redirect(location.as_deref().unwrap_or(home), [cookie])
    }

    /// The session of the request, if it has one.
    async fn signed_in(&self, headers: &HeaderMap) -> Result<Option<Arc<Live>>, StoreError> {
        match self.ticket(headers) {
            Some(ticket) => self.sessions.find(&ticket).await,
            None => Ok(None),
        }
    }

    /// Ends the session that the browser came with: a new sign-in gets a new ticket, and the old
    /// one is dead at once. Tells whether there was one to end.
    pub(super) async fn end_previous(&self, headers: &HeaderMap) -> bool {
        let Some(ticket) = self.ticket(headers) else {
            return false;
        };
        self.sessions.end(&ticket).await.unwrap_or_else(|error| {
            tracing::error!(%error, "an ended session stays in the store until it expires");
            true
        })
    }

    fn ticket(&self, headers: &HeaderMap) -> Option<Ticket> {
        self.cookies.look(headers).session.and_then(Ticket::parse)
    }

    /// Where the user wants to be afterwards: as the link says, else the page with the link.
    fn wanted_return(&self, caller: &Caller) -> String {
        let query = form_urlencoded::parse(caller.uri.query().unwrap_or_default().as_bytes());
        let asked = query
            .into_iter()
            .find(|(name, _)| name == "return_to")
            .map(|(_, path)| path);
        let asked = asked.as_deref().and_then(local_path);
        let came_from = || {
            caller
                .came_from(self.config.base_url())
                .and_then(local_path)
        };
        let path = asked.or_else(came_from).unwrap_or("/");
        let path_only = path.split(['?', '#']).next().unwrap_or_default();
        if self.is_own(path_only) {
            "/".to_owned()
        } else {
            path.to_owned()
        }
    }

    /// The scopes that a link to the sign-in asks for, as far as they are configured.
    fn wanted_scopes(&self, caller: &Caller) -> Vec<String> {
        let query = caller.uri.query().unwrap_or_default();
        let values = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "scope");
        let scopes = values.flat_map(|(_, value)| {
            let words = value.split_whitespace().map(str::to_owned);
            words.collect::<Vec<_>>()
        });
        self.tokens.known_scopes(&scopes.collect::<Vec<_>>())
    }

    pub(super) fn is_own(&self, path: &str) -> bool {
        flow::classify(&self.config, &Method::GET, path) != Visit::Pass
    }

    /// A sign-in brings the first downstream API's token along, unless it is for another's.
    fn resource_scopes(&self, begin: &Begin) -> Vec<String> {
        match begin.purpose {
            Purpose::SignIn if begin.scopes.is_empty() => {
                let first = self.config.downstreams.first();
                first
                    .map(|api| api.full_scopes().collect())
                    .unwrap_or_default()
            }
            Purpose::SignIn => begin.scopes.clone(),
            Purpose::EditProfile | Purpose::ResetPassword => Vec::new(),
        }
    }
}
