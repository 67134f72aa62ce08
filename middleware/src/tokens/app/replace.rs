//! Tokens of an application that an API does not take.

use super::handle::AppTokens;
use crate::guard::Bearer;
use crate::secret::Secret;
use crate::session::CachedToken;
use crate::tokens::access_token::AccessToken;
use crate::tokens::claims_challenge::ClaimsChallenge;
use crate::tokens::error::TokenError;

/// A token that an API does not take.
pub(super) struct Rejected {
    secret: Secret,
    /// What the API asked for.
    claims: Option<String>,
    /// How often the provider had answered when the token turned out to be no good.
    answers: u64,
}

impl Rejected {
    pub(super) fn new(
        token: &AccessToken,
        challenge: Option<&ClaimsChallenge>,
        answers: u64,
    ) -> Self {
        Self {
            secret: token.secret.clone(),
            claims: challenge.map(|challenge| challenge.as_json().to_owned()),
            answers,
        }
    }

    pub(super) fn claims(&self) -> Option<&str> {
        self.claims.as_deref()
    }

    /// Whether this one may do. A provider that was asked in the meantime may have given the same
    /// token again, and would once more.
    pub(super) fn is_replaced_by(&self, token: &CachedToken, answers: u64) -> bool {
        let answers_claims = self.claims.is_none() || self.claims == token.claims;
        let is_other = self.secret.expose() != token.token.expose();
        answers_claims && (is_other || answers > self.answers)
    }
}

impl AppTokens {
    /// The app's own token for the API of this name in place of one that the API refuses although it
    /// has not ended: the one that there is by now, else a new one of the provider's. Many who replace
    /// the same token cause one request. With the [`ClaimsChallenge`] of the refusal the provider is
    /// asked for those claims (Microsoft Learn, "Continuous access evaluation for workload
    /// identities").
    ///
    /// # Errors
    ///
    /// As for [`token_for`](Self::token_for).
    pub async fn replace_token_for(
        &self,
        downstream: &str,
        rejected: &AccessToken,
        challenge: Option<&ClaimsChallenge>,
    ) -> Result<AccessToken, TokenError> {
        self.replace(self.own(downstream)?, rejected, challenge)
            .await
    }

    /// A token to call another API for the caller in place of one that the API refuses although it has
    /// not ended, as [`replace_token_for`](Self::replace_token_for). A claims challenge is for the
    /// caller to answer: return [`TokenError::CallerMustSignIn`] with it.
    ///
    /// # Errors
    ///
    /// As for [`on_behalf_of`](Self::on_behalf_of).
    pub async fn replace_on_behalf_of(
        &self,
        caller: &Bearer,
        scopes: &[&str],
        rejected: &AccessToken,
    ) -> Result<AccessToken, TokenError> {
        let asked = self.of_caller(caller, scopes)?;
        self.replace(asked, rejected, None).await
    }
}
