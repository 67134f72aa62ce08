//! One refresh: asked for, verified, stored, and then used.

use std::sync::Arc;

use super::access_token::AccessToken;
use super::acquire::Tokens;
use super::cache::{self, Found};
use super::error::TokenError;
use super::wanted::Wanted;
use crate::cookie::Purpose;
use crate::jwt::InvalidToken;
use crate::protocol::{TokenAnswer, TokenEndpoint, verify_id_token};
use crate::provider::{Metadata, Provider};
use crate::session::{Claims, Grant, Live, Record, UpdateError};
use crate::time::Timestamp;

impl Tokens {
    pub(super) async fn refresh(
        &self,
        live: &Live,
        record: &Record,
        wanted: &Wanted,
    ) -> Result<AccessToken, TokenError> {
        let is_refused = |scope| record.ungranted.contains(scope);
        if wanted.scopes.is_empty() || wanted.scopes.iter().any(is_refused) {
            return Err(wanted.not_granted());
        }
        let now = self.now();
        let grant = record.grant.as_ref();
        let grant = grant.filter(|grant| grant.expires_at.is_none_or(|end| end > now));
        let grant = grant.filter(|grant| !live.is_refused(&grant.refresh_token));
        let grant = grant.ok_or_else(|| wanted.sign_in())?;

        // A provider that the configuration no longer has cannot be asked.
        let provider = self.providers.get(&record.provider);
        let provider = provider.ok_or_else(|| wanted.sign_in())?;
        let metadata = provider
            .metadata(grant.user_flow.as_deref())
            .await
            .map_err(|error| TokenError::Unavailable {
                retry_after: error.retry_after(),
            })?;
        let endpoint = TokenEndpoint::new(provider, &metadata, now);
        let scopes = Purpose::SignIn.scopes(&provider.settings, &wanted.scopes);
        let answer = endpoint
            .refresh(&grant.refresh_token, &scopes, wanted.claims.as_deref())
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Err(self.failed(live, grant, error, wanted).await),
        };
        let claims = verify(&answer, grant, record, provider, &metadata, now)
            .await
            .map_err(|reason| {
                tracing::error!(%reason, "the ID token of a refresh is not accepted");
                TokenError::Refused { code: None }
            })?;

        // Stored before it is used: from here on nothing that happens to the request loses it.
        let change =
            |record: &mut Record| take(record, grant, &answer, claims.as_ref(), wanted, now);
        let updated = self
            .sessions
            .update(live, change)
            .await
            .map_err(|error| match error {
                UpdateError::Ended => wanted.sign_in(),
                UpdateError::Store(error) => {
                    tracing::error!(%error, "a refreshed token could not be stored");
                    TokenError::Unavailable { retry_after: None }
                }
            })?;
        match cache::find(&updated, |token| wanted.is_met_by_answer(token), now) {
            Found::Fresh(token) | Found::Ageing(token) => Ok(token.into()),
            Found::Nothing => Err(wanted.not_granted()),
        }
    }
}

/// A refreshed ID token must be genuine and about the same user.
async fn verify(
    answer: &TokenAnswer,
    grant: &Grant,
    record: &Record,
    provider: &Provider,
    metadata: &Arc<Metadata>,
    now: Timestamp,
) -> Result<Option<Claims>, InvalidToken> {
    let user_flow = grant.user_flow.as_deref();
    let claims = verify_id_token(provider, metadata, user_flow, answer, None, now).await?;
    let claims = claims.map(Claims::new);
    match &claims {
        Some(claims) if claims.subject() != record.subject() => Err(InvalidToken::Claim("sub")),
        _ => Ok(claims),
    }
}

/// Takes a refresh's answer over into the record.
fn take(
    record: &mut Record,
    used: &Grant,
    answer: &TokenAnswer,
    claims: Option<&Claims>,
    wanted: &Wanted,
    now: Timestamp,
) {
    let asked = &wanted.scopes;
    cache::keep(record, answer, asked, wanted.claims.as_deref(), now);
    let granted = cache::granted(answer, asked);
    let refused = asked.iter().filter(|scope| !granted.contains(scope));
    record.ungranted.extend(refused.cloned());
    if let Some(refresh_token) = &answer.refresh_token {
        record.grant = Some(Grant {
            user_flow: used.user_flow.clone(),
            refresh_token: refresh_token.clone(),
            expires_at: answer.refresh_expires_at,
        });
    }
    if let (Some(kept), Some(newer)) = (&mut record.origin.id_token, &answer.id_token) {
        kept.clone_from(newer);
    }
    if let Some(claims) = claims {
        record.claims = claims.clone();
        record.apply_edits();
    }
}
