//! What a sign-in must have been, and what passing another user flow adds to a session.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use serde_json::{Map, Value};

use super::caller::Caller;
use super::redeem::Ended;
use super::shell::Shell;
use crate::cookie::{Purpose, Transaction};
use crate::events::Occurrence;
use crate::flow::{self, Begin, Refusal, Unmet};
use crate::prompt::Prompt;
use crate::protocol::{ProviderError, Reaction};
use crate::provider::Provider;
use crate::session::{Authentication, Live, Record};

impl Shell {
    /// The session goes on under a new ticket, with what the user flow adds to it (ASVS 5 §7.2.4:
    /// a new token upon re-authentication).
    pub(super) async fn step_up(
        &self,
        caller: &Caller,
        transaction: &Transaction,
        claims: &Map<String, Value>,
        live: &Arc<Live>,
    ) -> Result<Response<Bytes>, Ended> {
        // A refresh under way has spent the refresh token: what it brings must go along.
        let _refreshed = live.refreshing.lock().await;
        let mut record = Record::clone(&live.record());
        let subject = claims.get("sub").and_then(Value::as_str);
        if record.subject() != subject || record.provider != transaction.provider {
            return Err(Ended::Refused(Refusal::OtherAccount));
        }
        let user_flow = transaction.user_flow.as_deref();
        flow::merge_edits(&mut record, claims);
        record.authenticated(Authentication::of(user_flow, claims, self.now()));
        let occurrence = Occurrence::StepUp;
        self.begin_session(caller, record, transaction, Some(live), occurrence)
            .await
    }

    /// Ends the session of a user whose account or grants the provider says are gone.
    pub(super) async fn end_if_revoked(
        &self,
        provider: &Provider,
        error: &ProviderError,
        present: Option<&Arc<Live>>,
    ) {
        let own = present.filter(|live| live.record().provider == provider.name());
        if let Some(live) = own
            && error.reaction().ends_session()
        {
            tracing::info!(%error, "the provider ended what this session stands on");
            self.end(&live.ticket).await;
        }
    }
}

/// Checks a sign-in against what was asked for. Where the provider overlooked that credentials were
/// wanted, they are asked for once more in a way that cannot be overlooked.
pub(super) fn check_demand(
    transaction: &Transaction,
    claims: &Map<String, Value>,
    now: crate::time::Timestamp,
) -> Result<(), Ended> {
    if !matches!(transaction.purpose, Purpose::SignIn | Purpose::StepUp) {
        return Ok(());
    }
    let demand = &transaction.demand;
    let refused = |unmet| Ended::Refused(Refusal::Unmet(unmet));
    flow::check(demand, claims, now).map_err(|unmet| {
        let reaction = Reaction::InteractionRequired;
        let insisted = demand.parameters.get("prompt") == Some(Prompt::Login.as_str());
        if unmet != Unmet::TooOld || insisted || transaction.reactions.contains(&reaction) {
            return refused(unmet);
        }
        let mut begin = Begin::repeating(transaction, reaction);
        let parameters = &mut begin.demand.parameters;
        match parameters.insert("prompt", Prompt::Login.as_str()) {
            Ok(()) => Ended::Again(Box::new(begin)),
            Err(_) => refused(unmet),
        }
    })
}
