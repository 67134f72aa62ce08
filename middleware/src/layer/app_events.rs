//! The app's own say in a sign-in, and the record of what came of it.

use super::caller::Caller;
use super::shell::Shell;
use crate::events::{AuditEvent, NotAdmitted, Occurrence, SignIn, SignOut};
use crate::flow::{Refusal, is_protocol_claim};
use crate::session::{Record, SessionKey};

impl Shell {
    /// Asks the app whether the user may come in, and adds what it knows about them.
    pub(super) async fn ask_the_app(
        &self,
        caller: &Caller,
        record: &mut Record,
    ) -> Result<(), Refusal> {
        let sign_in = SignIn {
            claims: &record.claims,
            provider: &record.provider,
            user_flow: record.user_flow.as_deref(),
            client_address: caller.client_address,
        };
        match self.events.admit(sign_in).await {
            Ok(mut claims) => {
                claims.retain(|name, _| {
                    let free = !is_protocol_claim(name);
                    if !free {
                        tracing::warn!(name, "on_sign_in cannot change a claim of the protocol");
                    }
                    free
                });
                record.edited.extend(claims);
                record.apply_edits();
                Ok(())
            }
            Err(NotAdmitted::Rejected { message }) => Err(Refusal::Rejected {
                message,
                subject: record.subject().map(str::to_owned),
            }),
            Err(NotAdmitted::Undecided { detail }) => Err(Refusal::NotDecided { detail }),
        }
    }

    /// Tells the app and the audit of a sign-out.
    pub(super) async fn tell_sign_out(
        &self,
        caller: &Caller,
        record: Option<&Record>,
        session: Option<SessionKey>,
    ) {
        let Some(record) = record else { return };
        audited(caller, record, session).tell(Occurrence::SignOut);
        let sign_out = SignOut {
            claims: &record.claims,
            provider: &record.provider,
            client_address: caller.client_address,
        };
        self.events.signed_out(sign_out).await;
    }
}

/// What the audit says of a session.
pub(super) fn audited<'a>(
    caller: &Caller,
    record: &'a Record,
    session: Option<SessionKey>,
) -> AuditEvent<'a> {
    AuditEvent {
        subject: record.subject(),
        provider: Some(&record.provider),
        user_flow: record.user_flow.as_deref(),
        session,
        client_address: caller.client_address,
        ..AuditEvent::default()
    }
}

/// What the audit says of a refusal, if it is one of security.
pub(super) fn audit_refusal(caller: &Caller, refusal: &Refusal, reference: &str) {
    let occurrence = match refusal {
        Refusal::CrossSite | Refusal::CsrfHeaderMissing => Occurrence::CsrfRefused,
        Refusal::Callback(_) | Refusal::CookiesLost | Refusal::Unasked(_) => {
            Occurrence::CallbackRefused
        }
        Refusal::Rejected { .. } => Occurrence::SignInRejected,
        Refusal::Provider { .. }
        | Refusal::ProviderUnavailable { .. }
        | Refusal::Token(_)
        | Refusal::NoIdToken
        | Refusal::NotDecided { .. }
        | Refusal::Unmet(_)
        | Refusal::OtherAccount => Occurrence::SignInFailed,
        _ => return,
    };
    let event = AuditEvent {
        subject: match refusal {
            Refusal::Rejected { subject, .. } => subject.as_deref(),
            _ => None,
        },
        client_address: caller.client_address,
        path: Some(caller.uri.path()),
        reason: Some(refusal.reason()),
        code: refusal.provider_error().and_then(|error| error.code()),
        reference: Some(reference),
        ..AuditEvent::default()
    };
    event.tell(occurrence);
}

/// What the audit says of sessions that a provider ended; nothing of those that were over.
pub(super) fn audit_provider_sign_out(
    caller: &Caller,
    provider: Option<&str>,
    subject: Option<&str>,
    sessions: usize,
) {
    if sessions > 0 {
        let event = AuditEvent {
            subject,
            provider,
            sessions: Some(sessions),
            client_address: caller.client_address,
            ..AuditEvent::default()
        };
        event.tell(Occurrence::ProviderSignOut);
    }
}
