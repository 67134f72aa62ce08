//! What a sign-in and a password reset mean for the user's sessions elsewhere.

use std::sync::Arc;

use http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::caller::Caller;
use super::shell::Shell;
use crate::cookie::Transaction;
use crate::events::{AuditEvent, Occurrence};
use crate::protocol::TokenAnswer;
use crate::provider::Provider;
use crate::session::{IndexKey, Live, Origin, StoreError, UserSessions};

impl Shell {
    /// All sessions of a user, whoever asks.
    pub(super) fn user_sessions(&self, provider: &str, subject: &str) -> UserSessions {
        let user = IndexKey::user(provider, subject);
        self.sessions.of_user(Some(user), None)
    }

    /// Keeps what the session's list and its sign-out will need, as far as the configuration wants.
    pub(super) fn note_origin(
        &self,
        origin: &mut Origin,
        provider: &Provider,
        answer: &TokenAnswer,
        headers: &HeaderMap,
    ) {
        if provider.settings.id_token_hint {
            origin.id_token.clone_from(&answer.id_token);
        }
        if self.config.user_sessions.record_user_agent {
            let user_agent = headers.get(header::USER_AGENT);
            let user_agent = user_agent.and_then(|value| value.to_str().ok());
            origin.user_agent = user_agent.map(|text| text.chars().take(LONGEST).collect());
        }
    }

    /// Whoever knew the old password must not stay signed in with it: ends the sessions of the user
    /// who reset it, but for the one that did (ASVS 5.0 V7.4.3).
    pub(super) async fn after_reset(
        &self,
        caller: &Caller,
        transaction: &Transaction,
        claims: &Map<String, Value>,
        signed_in: Option<&Arc<Live>>,
    ) -> Result<(), StoreError> {
        let subject = claims.get("sub").and_then(Value::as_str);
        let provider = &transaction.provider;
        let event = AuditEvent {
            subject,
            provider: Some(provider),
            user_flow: transaction.user_flow.as_deref(),
            client_address: caller.client_address,
            ..AuditEvent::default()
        };
        event.tell(Occurrence::PasswordReset);
        let Some(subject) = subject.filter(|_| self.config.user_sessions.end_others_after_reset)
        else {
            return Ok(());
        };
        let user = IndexKey::user(provider, subject);
        let current = signed_in.map(|live| live.key);
        let sessions = self.sessions.end_indexed(user, current).await?;
        tracing::info!(
            provider,
            sessions,
            "a reset password ended the user's other sessions"
        );
        Ok(())
    }
}

/// Whether the password was reset on the way through a sign-in. Source: Microsoft Learn, "Set up a
/// password reset flow in Azure Active Directory B2C", "Self-service password reset".
pub(super) fn includes_reset(claims: &Map<String, Value>) -> bool {
    claims
        .get("isForgotPassword")
        .is_some_and(|claim| *claim == true || claim == "true")
}

/// How much of a `User-Agent` is kept.
const LONGEST: usize = 256;
