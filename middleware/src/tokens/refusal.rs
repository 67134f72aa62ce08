//! What a failed refresh means: for the session, and for who asked.

use super::acquire::Tokens;
use super::error::TokenError;
use super::wanted::Wanted;
use crate::config::Bound;
use crate::events::{AuditEvent, Occurrence};
use crate::protocol::{ProviderError, Reaction, TokenRequestError};
use crate::session::{Grant, Live, Record, UpdateError};

impl Tokens {
    pub(super) async fn failed(
        &self,
        live: &Live,
        grant: &Grant,
        error: TokenRequestError,
        wanted: &Wanted,
    ) -> TokenError {
        match error {
            TokenRequestError::Refused(error) => self.refused(live, grant, &error, wanted).await,
            TokenRequestError::Unavailable(error) => {
                tracing::warn!(%error, "the provider could not be asked for a token");
                TokenError::Unavailable {
                    retry_after: error.retry_after(),
                }
            }
            TokenRequestError::Unreadable(reason) => {
                tracing::error!(reason, "the provider's token response cannot be read");
                TokenError::Unavailable { retry_after: None }
            }
            TokenRequestError::NoProof(reason) => {
                tracing::error!(%reason, "the app cannot prove itself to the provider");
                TokenError::Unavailable { retry_after: None }
            }
        }
    }

    async fn refused(
        &self,
        live: &Live,
        grant: &Grant,
        error: &ProviderError,
        wanted: &Wanted,
    ) -> TokenError {
        let provider = self.providers.get(&live.record().provider);
        let advice = provider.and_then(|provider| error.advice_at(&provider.settings));
        tell(live, grant, error, advice.as_deref());
        if error.is_about_scopes() {
            self.remember_ungranted(live, &wanted.scopes).await;
            return wanted.not_granted();
        }
        match error.reaction() {
            reaction if reaction.ends_session() => {
                if let Err(error) = self.sessions.end(&live.ticket).await {
                    tracing::error!(%error, "a revoked session stays in the store");
                }
                wanted.sign_in()
            }
            Reaction::InteractionRequired => TokenError::SignInRequired {
                scopes: wanted.scopes.clone(),
                // What the provider asks for now stands for what the API asked for.
                claims: error.claims().map(str::to_owned).or(wanted.claims.clone()),
            },
            Reaction::SignInAgain => {
                self.forget(live, grant).await;
                wanted.sign_in()
            }
            Reaction::TryLater | Reaction::StartAgain => {
                TokenError::Unavailable { retry_after: None }
            }
            _ => TokenError::Refused {
                code: error.code().map(str::to_owned),
            },
        }
    }

    /// Drops a grant that the provider no longer honours, unless a newer one took its place.
    async fn forget(&self, live: &Live, grant: &Grant) {
        if self.sessions.are_in_browsers() {
            // Another instance may have spent it, and the browser have the next one by now.
            live.refuse(&grant.refresh_token);
            return;
        }
        if self.sessions.lifetimes().bound == Bound::RefreshToken {
            // What the session stands on is gone.
            if let Err(error) = self.sessions.end(&live.ticket).await {
                tracing::error!(%error, "a session outlasts its refresh token");
            }
            return;
        }
        let sent = grant.refresh_token.expose();
        let change = |record: &mut Record| {
            record
                .grant
                .take_if(|present| present.refresh_token.expose() == sent);
        };
        if let Err(UpdateError::Store(error)) = self.sessions.update(live, change).await {
            tracing::warn!(%error, "a dead refresh token stays in the store");
        }
    }

    /// Scopes that the provider refuses are not asked for again in this session.
    async fn remember_ungranted(&self, live: &Live, scopes: &[String]) {
        let change = |record: &mut Record| record.ungranted.extend_from_slice(scopes);
        if let Err(UpdateError::Store(error)) = self.sessions.update(live, change).await {
            tracing::warn!(%error, "a refused scope will be asked for again");
        }
    }
}

/// The log and the audit hear of a refusal.
fn tell(live: &Live, grant: &Grant, error: &ProviderError, advice: Option<&str>) {
    if error.reaction().is_for_operator() {
        tracing::error!(%error, advice, "the provider refused a refresh");
    } else {
        tracing::warn!(%error, "the provider refused a refresh");
    }
    let record = live.record();
    let event = AuditEvent {
        subject: record.subject(),
        provider: Some(&record.provider),
        user_flow: grant.user_flow.as_deref(),
        session: Some(live.key),
        reason: Some("provider_error"),
        code: error.code(),
        ..AuditEvent::default()
    };
    event.tell(Occurrence::RefreshFailed);
}
