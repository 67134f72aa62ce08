//! From an authorization code to a session.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response};
use serde_json::{Map, Value};

use super::app_events::audited;
use super::caller::Caller;
use super::identity::{check_same_subject, extra_claims, front_claims, is_other_user, not_genuine};
use super::outcome::Outcome;
use super::respond::redirect;
use super::shell::Shell;
use super::step_up::check_demand;
use super::user_sessions::includes_reset;
use crate::config::ProviderSettings;
use crate::cookie::{Purpose, Transaction};
use crate::events::{AuditEvent, Occurrence};
use crate::flow::{self, Begin, Refusal};
use crate::protocol::{TokenEndpoint, TokenRequestError, verify_id_token};
use crate::provider::{DirectoryError, Provider};
use crate::secret::Secret;
use crate::session::{CreateError, Live, Record, StoreError, UpdateError};

impl Shell {
    /// From a code to a session. `present` is the one that is there already.
    pub(super) async fn redeem(
        &self,
        caller: &Caller,
        provider: &Provider,
        transaction: &Transaction,
        (code, front): (&Secret, Option<&Secret>),
        present: Option<&Arc<Live>>,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, Ended> {
        let user_flow = transaction.user_flow.as_deref();
        let metadata = provider.metadata(user_flow).await;
        let metadata = metadata.map_err(|error| Ended::Refused(provider_unavailable(&error)))?;
        let now = self.now();
        let front = front_claims(provider, &metadata, transaction, (code, front), now).await?;
        let endpoint = TokenEndpoint::new(provider, &metadata, now);
        let purpose = transaction.purpose;
        let scopes = purpose.scopes(&provider.settings, &transaction.scopes);
        let answer = endpoint
            .redeem_code(code, &transaction.verifier, &scopes)
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let ended = self.code_refused(error, provider, transaction, present);
                return Err(ended.await);
            }
        };
        let nonce = Some(&transaction.nonce);
        let claims = verify_id_token(provider, &metadata, user_flow, &answer, nonce, now);
        let claims = claims.await.map_err(not_genuine)?;
        let claims = claims.ok_or(Ended::Refused(Refusal::NoIdToken))?;
        check_same_subject(front.as_ref(), &claims)?;
        if is_other_user(transaction, present, &claims) {
            return Err(Ended::Refused(Refusal::OtherUser));
        }
        check_demand(transaction, &claims, now)?;
        let extra = extra_claims(provider, &metadata, &answer, &claims).await?;

        if purpose == Purpose::ResetPassword || includes_reset(&claims) {
            self.after_reset(caller, transaction, &claims, present)
                .await
                .map_err(|error| store_unavailable(&error))?;
        }
        let again = || Begin {
            demand: transaction.demand.clone(),
            ..Begin::sign_in(&transaction.return_to).at(&transaction.provider)
        };
        match (purpose, present) {
            (Purpose::SignIn, _) => {
                let lifetimes = self.sessions.lifetimes();
                let mut record = flow::new_record(transaction, &answer, claims, lifetimes, now);
                self.note_origin(&mut record.origin, provider, &answer, headers);
                flow::merge_userinfo(&mut record, extra);
                if let Some(previous) = present {
                    record.inherit(&previous.record(), now);
                }
                self.ask_the_app(caller, &mut record)
                    .await
                    .map_err(Ended::Refused)?;
                let occurrence = Occurrence::SignIn;
                self.begin_session(caller, record, transaction, present, occurrence)
                    .await
            }
            (Purpose::StepUp, Some(live)) => self.step_up(caller, transaction, &claims, live).await,
            (Purpose::EditProfile, Some(live)) => {
                let edited = self.take_edits(caller, transaction, &claims, live).await;
                edited.unwrap_or_else(|| Err(Ended::Again(Box::new(again()))))
            }
            // The session went away meanwhile, or there was none when the password was reset: the
            // provider knows the user, so this is mostly a redirect.
            (Purpose::StepUp | Purpose::EditProfile | Purpose::ResetPassword, None) => {
                Err(Ended::Again(Box::new(again())))
            }
            (Purpose::ResetPassword, Some(_)) => {
                let back = redirect(&transaction.return_to, []);
                Ok(Outcome::mark("password_reset", back))
            }
        }
    }

    /// Takes edited claims into the session; `None` if it has ended meanwhile.
    async fn take_edits(
        &self,
        caller: &Caller,
        transaction: &Transaction,
        claims: &Map<String, Value>,
        live: &Arc<Live>,
    ) -> Option<Result<Response<Bytes>, Ended>> {
        let subject = claims.get("sub").and_then(Value::as_str);
        let record = live.record();
        if record.subject() != subject || record.provider != transaction.provider {
            return Some(Err(Ended::Refused(Refusal::OtherAccount)));
        }
        let change = |record: &mut _| flow::merge_edits(record, claims);
        match self.sessions.update(live, change).await {
            Ok(record) => {
                let event = AuditEvent {
                    user_flow: transaction.user_flow.as_deref(),
                    ..audited(caller, &record, Some(live.key))
                };
                event.tell(Occurrence::ProfileEdit);
                let back = redirect(&transaction.return_to, []);
                Some(Ok(Outcome::mark("profile_edited", back)))
            }
            Err(UpdateError::Ended) => None,
            Err(UpdateError::Store(error)) => Some(Err(store_unavailable(&error))),
        }
    }

    /// A code that is spent or too old means a slow user or a second click: start over, once.
    async fn code_refused(
        &self,
        error: TokenRequestError,
        provider: &Provider,
        transaction: &Transaction,
        present: Option<&Arc<Live>>,
    ) -> Ended {
        let TokenRequestError::Refused(error) = error else {
            return Ended::Refused(refusal_of(&provider.settings, error));
        };
        self.end_if_revoked(provider, &error, present).await;
        let Some(begin) = flow::react(&provider.settings, transaction, &error) else {
            return Ended::Refused(Refusal::by(&provider.settings, error));
        };
        tracing::info!(%error, "the code is of no use; the sign-in starts again");
        Ended::Again(Box::new(begin))
    }

    /// Begins a session under a new ticket, in place of the one that the browser came with.
    pub(super) async fn begin_session(
        &self,
        caller: &Caller,
        record: Record,
        transaction: &Transaction,
        present: Option<&Arc<Live>>,
        occurrence: Occurrence,
    ) -> Result<Response<Bytes>, Ended> {
        let live = self
            .sessions
            .create(record, present.map(|live| live.key))
            .await
            .map_err(not_begun)?;
        let ended = match present {
            Some(previous) => self.end(&previous.ticket).await,
            None => true,
        };
        let too_late = self.sessions.came_too_late(&live, transaction.started);
        let too_late = too_late.await;
        let too_late = too_late.map_err(|error| store_unavailable(&error))?;
        if too_late || !ended {
            // Signed out, here or at the provider, or replaced by another tab, while this was under
            // way: that wins.
            self.sessions
                .end(&live.ticket)
                .await
                .map_err(|error| store_unavailable(&error))?;
            let back = redirect(&transaction.return_to, []);
            return Ok(Outcome::mark("signed_out_meanwhile", back));
        }
        let record = live.record();
        let event = AuditEvent {
            user_flow: transaction.user_flow.as_deref(),
            ..audited(caller, &record, Some(live.key))
        };
        event.tell(occurrence);
        let headers = caller.headers();
        let cookies = self.session_cookies(&live, &headers);
        let mut cookies = cookies.map_err(|error| store_unavailable(&error))?;
        cookies.extend(self.route_after(&record.provider, &headers));
        let outcome = match occurrence {
            Occurrence::StepUp => "stepped_up",
            _ => "signed_in",
        };
        Ok(Outcome::mark(
            outcome,
            redirect(&transaction.return_to, cookies),
        ))
    }
}

/// How redeeming ends without a session.
pub(super) enum Ended {
    Refused(Refusal),
    Again(Box<Begin>),
}

/// What a request that brought nothing means to the user.
pub(super) fn refusal_of(provider: &ProviderSettings, error: TokenRequestError) -> Refusal {
    match error {
        TokenRequestError::Refused(error) => Refusal::by(provider, error),
        TokenRequestError::Unavailable(error) => Refusal::ProviderUnavailable {
            retry_after: error.retry_after(),
            detail: error.to_string(),
        },
        TokenRequestError::Unreadable(reason) => Refusal::ProviderUnavailable {
            retry_after: None,
            detail: format!("the provider's answer cannot be read: {reason}"),
        },
        TokenRequestError::NoProof(reason) => Refusal::ProviderUnavailable {
            retry_after: None,
            detail: format!("the app cannot prove itself to the provider: {reason}"),
        },
    }
}

pub(super) fn provider_unavailable(error: &DirectoryError) -> Refusal {
    Refusal::ProviderUnavailable {
        retry_after: error.retry_after(),
        detail: error.to_string(),
    }
}

fn not_begun(error: CreateError) -> Ended {
    match error {
        CreateError::TooMany => Ended::Refused(Refusal::TooManySessions),
        CreateError::Store(error) => store_unavailable(&error),
    }
}

fn store_unavailable(error: &StoreError) -> Ended {
    Ended::Refused(Refusal::of_store(error))
}
