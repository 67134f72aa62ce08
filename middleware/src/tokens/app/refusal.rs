//! What it means when an application gets no token.

use super::asked::Asked;
use crate::protocol::{ProviderError, Reaction, TokenRequestError};
use crate::tokens::error::TokenError;

pub(super) fn failed(asked: &Asked, error: TokenRequestError) -> TokenError {
    match error {
        TokenRequestError::Refused(error) => refused(asked, &error),
        TokenRequestError::Unavailable(error) => {
            tracing::warn!(%error, "the provider could not be asked for an app token");
            TokenError::Unavailable {
                retry_after: error.retry_after(),
            }
        }
        TokenRequestError::Unreadable(reason) => {
            tracing::error!(reason, "the provider's answer to an app cannot be read");
            TokenError::Unavailable { retry_after: None }
        }
        TokenRequestError::NoProof(reason) => {
            tracing::error!(%reason, "the app cannot prove itself to the provider");
            TokenError::Unavailable { retry_after: None }
        }
    }
}

fn refused(asked: &Asked, error: &ProviderError) -> TokenError {
    let (provider, advice) = (
        asked.provider.name(),
        error.advice_at(&asked.provider.settings),
    );
    tracing::error!(provider, %error, advice, "the provider refused the app a token");
    let scopes = asked.scopes.clone();
    if error.is_about_scopes() {
        return TokenError::NotGranted { scopes };
    }
    let for_caller = asked.caller.is_some();
    match error.reaction() {
        Reaction::TryLater | Reaction::StartAgain => TokenError::Unavailable { retry_after: None },
        // Consent, a second factor, a token that has been revoked: the caller's application has to
        // ask its user.
        Reaction::InteractionRequired | Reaction::SignInAgain | Reaction::SessionRevoked
            if for_caller =>
        {
            TokenError::CallerMustSignIn {
                claims: error.claims().map(str::to_owned),
            }
        }
        _ => TokenError::Refused {
            code: error.code().map(str::to_owned),
        },
    }
}
