//! One refresh: asked for, verified, stored, and then used.

use std::sync::Arc;

use super::access_token::AccessToken;
use super::acquire::Tokens;
use super::cache;
use super::error::TokenError;
use super::wanted::Wanted;
use crate::cookie::Purpose;
use crate::jwt::InvalidToken;
use crate::protocol::{Reaction, TokenAnswer, TokenEndpoint, TokenRequestError, verify_id_token};
use crate::provider::{Metadata, Provider};
use crate::session::{Claims, Grant, Live, Record, UpdateError};
use crate::time::Timestamp;

impl Tokens {
    /// Asks the provider with the session's refresh token.
    pub(super) async fn refresh(
        &self,
        live: &Arc<Live>,
        wanted: &Wanted,
    ) -> Result<AccessToken, TokenError> {
        let record = live.record();
        let grant = self.usable_grant(live, &record, wanted)?;
        match self.ask(live, &record, grant, wanted).await? {
            Ok(token) => Ok(token),
            Err(error) if is_spent(&error) => self.refresh_again(live, grant, error, wanted).await,
            Err(error) => Err(self.failed(live, grant, error, wanted).await),
        }
    }

    /// A refresh token may be spent because this instance did not know of a newer one: the record is
    /// read again, and that tried once.
    async fn refresh_again(
        &self,
        live: &Arc<Live>,
        spent: &Grant,
        error: TokenRequestError,
        wanted: &Wanted,
    ) -> Result<AccessToken, TokenError> {
        match self.sessions.reload(live).await {
            Ok(()) => {}
            Err(UpdateError::Ended) => return Err(wanted.sign_in()),
            // Whether it was the last one is for the store to say.
            Err(UpdateError::Store(error)) => {
                tracing::warn!(%error, "there is no telling whether a spent refresh token is the last");
                return Err(TokenError::Unavailable { retry_after: None });
            }
        }
        let record = live.record();
        let newest = self.usable_grant(live, &record, wanted)?;
        if newest.refresh_token.expose() == spent.refresh_token.expose() {
            return Err(self.failed(live, spent, error, wanted).await);
        }
        match self.ask(live, &record, newest, wanted).await? {
            Ok(token) => Ok(token),
            Err(error) => Err(self.failed(live, newest, error, wanted).await),
        }
    }

    fn usable_grant<'r>(
        &self,
        live: &Live,
        record: &'r Record,
        wanted: &Wanted,
    ) -> Result<&'r Grant, TokenError> {
        let is_refused = |scope| record.ungranted.contains(scope);
        if wanted.scopes.iter().any(is_refused) {
            return Err(wanted.not_granted());
        }
        let now = self.now();
        let grant = record.grant.as_ref();
        let grant = grant.filter(|grant| grant.expires_at.is_none_or(|end| end > now));
        let grant = grant.filter(|grant| !live.is_refused(&grant.refresh_token));
        grant.ok_or_else(|| wanted.sign_in())
    }

    /// One request. What the provider refuses is the inner error.
    async fn ask(
        &self,
        live: &Arc<Live>,
        record: &Record,
        grant: &Grant,
        wanted: &Wanted,
    ) -> Result<Result<AccessToken, TokenRequestError>, TokenError> {
        // A provider that the configuration no longer has cannot be asked.
        let provider = self.providers.get(&record.provider);
        let provider = provider.ok_or_else(|| wanted.sign_in())?;
        let now = self.now();
        let metadata = provider
            .metadata(grant.user_flow.as_deref())
            .await
            .map_err(|error| TokenError::Unavailable {
                retry_after: error.retry_after(),
            })?;
        let endpoint = TokenEndpoint::new(provider, &metadata, now);
        let scopes = Purpose::SignIn.scopes(&provider.settings, &wanted.scopes);
        let claims = wanted.claims.as_deref();
        let answer = endpoint.refresh(&grant.refresh_token, &scopes, claims);
        let answer = match answer.await {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(error)),
        };
        let claims = verify(&answer, grant, record, provider, &metadata, now)
            .await
            .map_err(|reason| {
                tracing::error!(%reason, "the ID token of a refresh is not accepted");
                TokenError::Refused { code: None }
            })?;
        let brought = Brought {
            answer,
            claims,
            used: grant.clone(),
            wanted: wanted.clone(),
            at: now,
        };
        self.store(live, brought).await.map(Ok)
    }

    /// Stores what a refresh brought before it is used: from here on nothing that happens to the
    /// request loses it. If the store is away it is kept in memory, and stored as soon as it can be.
    async fn store(&self, live: &Arc<Live>, brought: Brought) -> Result<AccessToken, TokenError> {
        let updated = self.sessions.update(live, |record| brought.put(record));
        let updated = match updated.await {
            Ok(updated) => updated,
            Err(UpdateError::Ended) => return Err(brought.wanted.sign_in()),
            Err(UpdateError::Store(error)) => {
                tracing::error!(%error, "a refreshed token could not be stored yet");
                let brought = brought.clone();
                self.sessions
                    .update_later(live, move |record| brought.put(record))
            }
        };
        let fits = |token: &_| brought.wanted.is_met_by_answer(token);
        let found = cache::find(&updated.tokens, fits, brought.at).any();
        let token = found.ok_or_else(|| brought.wanted.not_granted())?;
        Ok(token.into())
    }
}

/// Whether the provider says that the refresh token is of no use.
fn is_spent(error: &TokenRequestError) -> bool {
    matches!(error, TokenRequestError::Refused(error) if error.reaction() == Reaction::SignInAgain)
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

/// What a refresh brought.
#[derive(Clone)]
struct Brought {
    answer: TokenAnswer,
    claims: Option<Claims>,
    /// The refresh token that it was asked for with.
    used: Grant,
    wanted: Wanted,
    at: Timestamp,
}

impl Brought {
    /// Puts it into the record, which may have it already, or something newer from another instance.
    fn put(&self, record: &mut Record) {
        let (answer, asked) = (&self.answer, &self.wanted.scopes);
        cache::keep(
            record,
            answer,
            asked,
            self.wanted.claims.as_deref(),
            self.at,
        );
        let granted = cache::granted(answer, asked);
        for scope in asked {
            if !granted.contains(scope) && !record.ungranted.contains(scope) {
                record.ungranted.push(scope.clone());
            }
        }
        record.refresh_pause = None;
        let used = self.used.refresh_token.expose();
        let present = record.grant.as_ref();
        let is_newest = present.is_none_or(|grant| grant.refresh_token.expose() == used);
        if let Some(refresh_token) = answer.refresh_token.as_ref().filter(|_| is_newest) {
            record.grant = Some(Grant {
                user_flow: self.used.user_flow.clone(),
                refresh_token: refresh_token.clone(),
                expires_at: answer.refresh_expires_at,
            });
        }
        if let (Some(kept), Some(newer)) = (&mut record.origin.id_token, &answer.id_token) {
            kept.clone_from(newer);
        }
        if let Some(claims) = &self.claims {
            record.claims = claims.clone();
            record.apply_edits();
        }
    }
}
