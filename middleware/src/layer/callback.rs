//! The redirect URI: takes a provider's answer in, by whichever way it comes.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response, header};
use http_body::Body;

use super::caller::Caller;
use super::form::{FormError, is_form, read_form};
use super::outcome::Outcome;
use super::redeem::provider_unavailable;
use super::shell::Shell;
use crate::cookie::{Ticket, Transaction};
use crate::events::{AuditEvent, Occurrence};
use crate::flow::{self, Refusal};
use crate::metrics::called_back;
use crate::protocol::{Callback, CallbackError};
use crate::provider::Provider;
use crate::session::{Live, StoreError};

/// The parameters of an answer that was posted.
pub(super) type Posted = Result<Bytes, CallbackError>;

/// Reads an answer that came by a form; a body of another type is not read at all.
pub(super) async fn posted<B: Body>(headers: &HeaderMap, body: B) -> Posted {
    if !is_form(headers) {
        return Err(CallbackError::NotAForm);
    }
    let form = read_form(body, Callback::LONGEST).await;
    form.map_err(|error| match error {
        FormError::TooLarge { .. } => CallbackError::FormTooLong,
        FormError::TimedOut | FormError::Broken => CallbackError::FormLost,
    })
}

impl Shell {
    /// The authorization response of a provider, in the URL's query or in a form.
    pub(super) async fn callback(
        &self,
        provider: &Provider,
        caller: &Caller,
        posted: Option<Posted>,
        signed_in: Option<&Arc<Live>>,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        let answer = self.came_back(provider, caller, posted, signed_in, headers);
        let answer = answer.await;
        if let Some(outcome) = Outcome::of(&answer) {
            called_back(provider.name(), outcome);
        }
        answer
    }

    async fn came_back(
        &self,
        provider: &Provider,
        caller: &Caller,
        posted: Option<Posted>,
        signed_in: Option<&Arc<Live>>,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        let by_form = posted.is_some();
        let callback = match posted {
            None => Callback::parse(caller.uri.query().unwrap_or_default()),
            // What is no ASCII is in no value that counts; the parser says what is missing.
            Some(form) => form.and_then(|form| Callback::parse(&String::from_utf8_lossy(&form))),
        };
        let callback = match callback {
            Ok(callback) => callback,
            Err(error) => return self.refuse(caller, &Refusal::Callback(error)),
        };
        let find = |state| self.transactions.find(state, headers, self.now());
        // A response at another provider's redirect URI is no answer (RFC 9700 §4.4.2).
        let pending = callback.state().and_then(find);
        let pending = pending.filter(|transaction| transaction.provider == provider.name());
        let Some(transaction) = pending else {
            // Often an old tab; or somebody who wants this browser signed in as somebody else.
            let event = AuditEvent {
                provider: Some(provider.name()),
                client_address: caller.client_address,
                path: Some(caller.uri.path()),
                reason: Some("state_unknown"),
                ..AuditEvent::default()
            };
            event.tell(Occurrence::CallbackRefused);
            let signed_in_at_all = signed_in.is_some();
            let step = flow::unknown_answer(&provider.settings, callback, signed_in_at_all);
            return self
                .perform(provider, caller, step, signed_in, headers)
                .await;
        };

        // Whatever comes of it, the transaction is used up.
        let ended = self.transactions.end(&transaction.state);
        let mut response = match self.present(&transaction, by_form, signed_in).await {
            Ok(present) => {
                let answer = (transaction, callback);
                self.answered(provider, caller, answer, present.as_ref(), headers)
                    .await
            }
            Err(error) => self.store_unavailable(caller, &error),
        };
        response.headers_mut().append(header::SET_COOKIE, ended);
        response
    }

    async fn answered(
        &self,
        provider: &Provider,
        caller: &Caller,
        (transaction, callback): (Transaction, Callback),
        present: Option<&Arc<Live>>,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        let metadata = match provider.metadata(transaction.user_flow.as_deref()).await {
            Ok(metadata) => metadata,
            Err(error) => return self.refuse(caller, &provider_unavailable(&error)),
        };
        let hybrid = provider.settings.round_trip.hybrid;
        if let Err(error) = callback.check_issuer(&metadata, hybrid) {
            return self.refuse(caller, &Refusal::Callback(error));
        }
        if let Callback::Error { error, .. } = &callback {
            self.end_if_revoked(provider, error, present).await;
        }
        let step = flow::answer(&provider.settings, transaction, callback);
        self.perform(provider, caller, step, present, headers).await
    }

    /// The session that is there now. A form from the provider's site comes without its cookie, so
    /// then it is the one that the sign-in was begun in, if that has not ended.
    async fn present(
        &self,
        transaction: &Transaction,
        by_form: bool,
        signed_in: Option<&Arc<Live>>,
    ) -> Result<Option<Arc<Live>>, StoreError> {
        let begun_in = transaction.begun_in.as_ref().filter(|_| by_form);
        let ticket = begun_in.and_then(|begun_in| Ticket::parse(begun_in.ticket.expose()));
        match (signed_in, ticket) {
            (Some(live), _) => Ok(Some(Arc::clone(live))),
            (None, Some(ticket)) => self.sessions.find(&ticket).await,
            (None, None) => Ok(None),
        }
    }
}
