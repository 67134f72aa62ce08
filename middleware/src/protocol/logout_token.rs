//! From a logout token to a logout that can be believed: which providers it is of, and whether it is.

use std::sync::Arc;

use serde_json::Value;

use crate::jwt::{InvalidToken, Jwt, LogoutToken, LogoutTokenRules};
use crate::provider::{DirectoryError, Metadata, Provider, Providers};
use crate::time::Timestamp;

/// Why a logout token has no effect.
#[derive(Debug)]
pub(crate) enum LogoutTokenError {
    Invalid(InvalidToken),
    /// The provider that it may be of cannot be asked for its keys.
    Unavailable(DirectoryError),
}

/// Verifies a logout token (OpenID Connect Back-Channel Logout 1.0 §2.6) and finds its providers:
/// those whose issuer and client id it names. One tenant may be there under several names.
///
/// As for ID tokens, a key that is not known makes the provider be asked for newer ones, once a
/// minute at most.
pub(crate) async fn verify_logout_token(
    providers: &Providers,
    token: &str,
    now: Timestamp,
) -> Result<(Vec<Arc<Provider>>, LogoutToken), LogoutTokenError> {
    let token = Jwt::parse(token)?;
    let mut verified = None;
    let mut meant = Vec::new();
    let mut failure = None;
    for origin in find_origins(providers, &token).await? {
        match origin.verify(&token, now).await {
            Ok(logout) => {
                verified = Some(logout);
                meant.push(origin.provider);
            }
            Err(error) => failure = Some(error),
        }
    }
    match (verified, failure) {
        (Some(logout), _) => Ok((meant, logout)),
        (None, failure) => Err(failure.unwrap_or(InvalidToken::Claim("iss")).into()),
    }
}

/// Where a token says that it comes from; nothing of it is believed yet.
struct Origin {
    provider: Arc<Provider>,
    user_flow: Option<String>,
    metadata: Arc<Metadata>,
}

impl Origin {
    async fn verify(&self, token: &Jwt<'_>, now: Timestamp) -> Result<LogoutToken, InvalidToken> {
        let settings = &self.provider.settings;
        let user_flow = self.user_flow.as_deref();
        let signed = self.provider.signed(token, user_flow, &self.metadata);
        let metadata = signed.await?;
        let rules = LogoutTokenRules {
            issuer: &metadata.issuer,
            client_id: &settings.client_id,
            accept_emulator: settings.emulator,
            now,
        };
        rules.check(token)
    }
}

/// Each provider that may have sent the token, once. Only those that know the app by an audience of
/// the token are asked for their metadata.
async fn find_origins(
    providers: &Providers,
    token: &Jwt<'_>,
) -> Result<Vec<Origin>, LogoutTokenError> {
    let audience = token.claims.get("aud");
    let names = |client_id: &str| match audience {
        Some(Value::String(one)) => one == client_id,
        Some(Value::Array(several)) => several.iter().any(|one| one == client_id),
        _ => false,
    };
    let mut failure = LogoutTokenError::Invalid(InvalidToken::Claim("aud"));
    let mut origins = Vec::new();
    let meant = |provider: &&Arc<Provider>| names(&provider.settings.client_id);
    for provider in providers.all().iter().filter(meant) {
        for user_flow in user_flows(provider) {
            match provider.metadata(user_flow.as_deref()).await {
                Ok(metadata) if metadata.issuer.is_of(&token.claims) => {
                    origins.push(Origin {
                        provider: Arc::clone(provider),
                        user_flow,
                        metadata,
                    });
                    break;
                }
                Ok(_) if matches!(failure, LogoutTokenError::Unavailable(_)) => {}
                Ok(_) => failure = LogoutTokenError::Invalid(InvalidToken::Claim("iss")),
                Err(error) => failure = LogoutTokenError::Unavailable(error),
            }
        }
    }
    if origins.is_empty() {
        return Err(failure);
    }
    Ok(origins)
}

/// In B2C each user flow may have an issuer of its own. Only flows that begin sessions count.
fn user_flows(provider: &Provider) -> Vec<Option<String>> {
    let flows = &provider.settings.user_flows;
    let mut all = vec![flows.sign_up_sign_in.clone()];
    all.extend(flows.named.values().cloned().map(Some));
    all
}

impl From<InvalidToken> for LogoutTokenError {
    fn from(reason: InvalidToken) -> Self {
        Self::Invalid(reason)
    }
}

impl std::fmt::Display for LogoutTokenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Invalid(reason) => reason.fmt(f),
            Self::Unavailable(error) => error.fmt(f),
        }
    }
}
