//! The layer's own endpoints: carries out, step by step, what the flow decides.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Response};

use super::callback::Posted;
use super::caller::Caller;
use super::outcome::{Cause, Outcome};
use super::redeem::{Ended, provider_unavailable};
use super::respond::redirect;
use super::session_cookie::Presented;
use super::shell::Shell;
use crate::challenge::Challenge;
use crate::config::{Parameters, ResponseMode};
use crate::cookie::{BegunIn, Purpose, Ticket, Trail, Transaction};
use crate::flow::{self, Begin, Refusal, Step, Visit};
use crate::metrics::authorization_requested;
use crate::prompt::Prompt;
use crate::protocol::{AuthorizationRequest, Demand, authorization_url, with_capabilities};
use crate::provider::Provider;
use crate::secret::Secret;
use crate::session::{Live, StoreError};

impl Shell {
    /// Answers one of the layer's own endpoints.
    pub(super) async fn own_endpoint(
        &self,
        visit: Visit,
        method: &Method,
        caller: &Caller,
        headers: &HeaderMap,
        posted: Option<Posted>,
    ) -> Response<Bytes> {
        let answer = self.visited(visit, method, caller, headers, posted);
        let mut answer = answer.await;
        self.hand_over_changes(headers, answer.headers_mut());
        answer
    }

    async fn visited(
        &self,
        visit: Visit,
        method: &Method,
        caller: &Caller,
        headers: &HeaderMap,
        posted: Option<Posted>,
    ) -> Response<Bytes> {
        if visit == Visit::SessionInfo {
            return self.session_info(caller, headers).await;
        }
        // It has what it needs in the address.
        if visit == Visit::FrontChannelSignOut {
            return self.front_channel_sign_out(caller, headers).await;
        }
        let signed_in = match self.signed_in(headers).await {
            Ok(signed_in) => signed_in,
            // Signing out must work even then: the cookie goes, the record expires.
            Err(_) if visit == Visit::SignOut => None,
            Err(error) => return self.store_unavailable(caller, &error),
        };
        let return_to = || self.wanted_return(caller);
        match visit {
            Visit::SignIn => {
                if let Some(id) = Self::resumed(caller) {
                    let present = signed_in.as_deref();
                    return self.resume(caller, &id, present, headers).await;
                }
                let provider = match self.wanted_provider(caller) {
                    Some(provider) => Some(provider),
                    None => self.initiating_provider(caller).await,
                };
                let begin = Begin {
                    scopes: self.wanted_scopes(caller),
                    provider,
                    asked: Self::wanted_demand(caller),
                    ..Begin::sign_in(return_to())
                };
                let record = signed_in.as_ref().map(|live| live.record());
                let begin = self.admit(caller, begin, record.as_deref());
                if let Some(record) = &record
                    && self.needs_nothing(&begin, record)
                {
                    return redirect(&begin.return_to, []);
                }
                self.begin(caller, (begin, Cause::Asked), headers).await
            }
            Visit::EditProfile => match &signed_in {
                Some(live) => {
                    let begin = Begin {
                        asked: Self::wanted_demand(caller),
                        ..Begin::new(Purpose::EditProfile, return_to())
                    };
                    let begin = self.admit(caller, begin.at(&live.record().provider), None);
                    self.begin(caller, (begin, Cause::Asked), headers).await
                }
                // An anonymous visitor signs in first and is brought back here.
                None => self.challenge(caller, &Challenge::sign_in()).await,
            },
            Visit::ResetPassword => {
                let own = signed_in.map(|live| live.record().provider.clone());
                let begin = Begin {
                    provider: own.or_else(|| self.wanted_provider(caller)),
                    asked: Self::wanted_demand(caller),
                    ..Begin::new(Purpose::ResetPassword, return_to())
                };
                let begin = self.admit(caller, begin, None);
                self.begin(caller, (begin, Cause::Asked), headers).await
            }
            Visit::Callback(index) => {
                let provider = &self.providers.all()[index];
                self.callback(provider, caller, posted, signed_in.as_ref(), headers)
                    .await
            }
            Visit::ConfirmSignOut => self.confirm_sign_out(),
            Visit::SignedOut => self.signed_out(caller, headers),
            Visit::SignOut => {
                let record = signed_in.map(|live| live.record());
                self.sign_out(caller, method, record.as_deref(), headers)
                    .await
            }
            Visit::WrongMethod(allowed) => Self::wrong_method(allowed),
            // Answered above, or never sent here by the service.
            Visit::Pass
            | Visit::SessionInfo
            | Visit::FrontChannelSignOut
            | Visit::BackChannelSignOut => redirect("/", []),
        }
    }

    /// Sends the browser to a provider, with a transaction cookie to come back with; to the sign-in
    /// page if the user has yet to choose one.
    pub(super) async fn begin(
        &self,
        caller: &Caller,
        (begin, cause): (Begin, Cause),
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        let Some(provider) = self.provider_of(&begin) else {
            return self.choose_provider(&begin);
        };
        let flows = &provider.settings.user_flows;
        let named = begin.demand.user_flow.as_deref();
        let user_flow = match begin.purpose {
            Purpose::SignIn | Purpose::StepUp => match named {
                None => provider.sign_in_flow(),
                Some(name) => {
                    let Some(user_flow) = flows.find(name) else {
                        return self.refuse(caller, &self.no_such_flow(name, provider));
                    };
                    Some(user_flow)
                }
            },
            Purpose::EditProfile => flows.edit_profile.as_deref(),
            Purpose::ResetPassword => flows.reset_password.as_deref(),
        };
        if user_flow.is_none() && begin.purpose != Purpose::SignIn {
            return self.refuse(caller, &Refusal::NotOffered);
        }
        let metadata = match provider.metadata(user_flow).await {
            Ok(metadata) => metadata,
            Err(error) => return self.refuse(caller, &provider_unavailable(&error)),
        };

        let mut request = AuthorizationRequest::new();
        if begin.restart {
            request.state.insert_str(0, Begin::RESTART_MARK);
        }
        let scopes = self.resource_scopes(&begin, provider);
        let asked = begin.purpose.scopes(&provider.settings, &scopes);
        let mut parameters = begin.parameters(provider.settings.authorize.parameters(user_flow));
        let capabilities = &provider.settings.client_capabilities;
        if let Some(claims) = with_capabilities(parameters.get("claims"), capabilities) {
            // What would be too long goes without the capabilities.
            let _ = parameters.insert("claims", &claims);
        }
        let location = authorization_url(&request, provider, &metadata, &asked, &parameters);
        let location = match self.pushed(provider, &metadata, location).await {
            Ok(location) => location,
            Err(refusal) => return self.refuse(caller, &refusal),
        };
        let max_age = parameters.get("max_age").and_then(|age| age.parse().ok());
        let now = self.now();
        let transaction = Transaction {
            state: request.state,
            nonce: request.nonce,
            verifier: request.verifier,
            purpose: begin.purpose,
            provider: provider.name().to_owned(),
            user_flow: user_flow.map(str::to_owned),
            scopes,
            return_to: begin.return_to,
            demand: Demand {
                max_age: max_age.or(begin.demand.max_age),
                ..begin.demand.kept()
            },
            reactions: begin.reactions,
            started: now,
            begun_in: self.begun_in(provider, &parameters, headers).await,
            by_form: provider.settings.round_trip.response_mode == ResponseMode::FormPost,
        };
        let (purpose, reason) = (begin.purpose.name(), cause.name(begin.restart));
        authorization_requested(provider.name(), user_flow, purpose, reason);
        let mut cookies = self.transactions.begin(&transaction, headers, now);
        cookies.extend(begin.drawn.map(|drawn| self.cookies.set_route(drawn)));
        Outcome::mark(reason, redirect(location.as_str(), cookies))
    }

    /// Does what the flow decided.
    pub(super) async fn perform(
        &self,
        provider: &Provider,
        caller: &Caller,
        step: Step,
        signed_in: Option<&Arc<Live>>,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        match step {
            Step::Begin(begin) => self.begin(caller, (begin, Cause::Repeated), headers).await,
            Step::ReturnTo(path) => Outcome::mark("stale", redirect(&path, [])),
            Step::ReturnCancelled(path) => {
                let cancelled = [self.cookies.set_trail(Trail::Cancelled)];
                Outcome::mark("cancelled", redirect(&path, cancelled))
            }
            Step::Refuse(refusal) => self.refuse(caller, &refusal),
            Step::Redeem {
                transaction,
                code,
                id_token,
            } => {
                let codes = (&code, id_token.as_ref());
                let redeemed =
                    self.redeem(caller, provider, &transaction, codes, signed_in, headers);
                match redeemed.await {
                    Ok(response) => response,
                    Err(Ended::Refused(refusal)) => self.refuse(caller, &refusal),
                    Err(Ended::Again(begin)) => {
                        let again = (*begin, Cause::Repeated);
                        self.begin(caller, again, headers).await
                    }
                }
            }
        }
    }

    /// What the transaction remembers of the session that is there. Of its user nothing, where the
    /// request asks for the choice of another.
    async fn begun_in(
        &self,
        provider: &Provider,
        parameters: &Parameters,
        headers: &HeaderMap,
    ) -> Option<BegunIn> {
        let live = self.signed_in(headers).await.ok().flatten()?;
        let record = live.record();
        let prompt = parameters.get("prompt").unwrap_or_default();
        let may_change = [Prompt::SelectAccount, Prompt::Create]
            .iter()
            .any(|changing| prompt.split(' ').any(|word| word == changing.as_str()));
        let own = record.provider == provider.name();
        let subject = record.subject().filter(|_| own && !may_change);
        Some(BegunIn {
            ticket: Secret::new(live.ticket.encode()),
            subject: subject.map(str::to_owned),
        })
    }

    /// The session of the request, if it has one.
    pub(super) async fn signed_in(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<Arc<Live>>, StoreError> {
        match self.presented(&self.cookies.look(headers)) {
            Presented::Alive { ticket, .. } => self.sessions.find(&ticket).await,
            Presented::Nothing | Presented::Dead => Ok(None),
            Presented::Unjudged(error) => Err(error),
        }
    }

    /// Ends the session that the browser came with: a new sign-in gets a new ticket, and the old
    /// one is dead at once. Tells whether there was one to end.
    pub(super) async fn end_previous(&self, headers: &HeaderMap) -> bool {
        match self.ticket(headers) {
            Some(ticket) => self.end(&ticket).await,
            None => false,
        }
    }

    /// Ends a session; tells whether this call did.
    pub(super) async fn end(&self, ticket: &Ticket) -> bool {
        self.sessions.end(ticket).await.unwrap_or_else(|error| {
            tracing::error!(%error, "an ended session stays in the store until that is back");
            true
        })
    }

    /// The provider to send the browser to; `None` if the user has to choose.
    pub(super) fn provider_of(&self, begin: &Begin) -> Option<&Arc<Provider>> {
        let named = begin.provider.as_ref();
        let named = named.and_then(|name| self.providers.get(name));
        named.or_else(|| self.providers.default())
    }

    pub(super) fn is_own(&self, path: &str) -> bool {
        flow::classify(&self.config, &Method::GET, path) != Visit::Pass
    }

    /// A sign-in brings the first downstream API's token along, unless it is for another's.
    fn resource_scopes(&self, begin: &Begin, provider: &Provider) -> Vec<String> {
        match begin.purpose {
            Purpose::SignIn if begin.scopes.is_empty() => {
                let mut apis = self.config.downstreams.iter();
                let first = apis.find(|api| api.is_for(provider.name()));
                first
                    .map(|api| api.full_scopes().collect())
                    .unwrap_or_default()
            }
            // They may have been written before it was known where.
            Purpose::SignIn => {
                let name = Some(provider.name());
                self.tokens.full_scopes(&begin.scopes, name)
            }
            Purpose::StepUp | Purpose::EditProfile | Purpose::ResetPassword => Vec::new(),
        }
    }
}
