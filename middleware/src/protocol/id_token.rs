//! From a token response to claims that can be believed.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::token::TokenAnswer;
use crate::jwt::{IdTokenRules, InvalidToken, Jwt, access_token_hash_matches};
use crate::provider::{Directory, Metadata};
use crate::secret::Secret;
use crate::time::Timestamp;

/// Verifies the ID token of a token response (OpenID Connect Core §3.1.3.7) and returns its claims;
/// `None` if the response has none.
///
/// A key that the metadata does not list makes the provider be asked for newer ones, once a minute
/// at most. At a refresh there is no `nonce` to compare (OpenID Connect Core §12.2).
pub(crate) async fn verify_id_token(
    directory: &Arc<Directory>,
    metadata: &Arc<Metadata>,
    user_flow: &str,
    answer: &TokenAnswer,
    nonce: Option<&Secret>,
    now: Timestamp,
) -> Result<Option<Map<String, Value>>, InvalidToken> {
    let Some(id_token) = &answer.id_token else {
        return Ok(None);
    };
    let token = Jwt::parse(id_token.expose())?;
    let mut metadata = Arc::clone(metadata);
    if metadata.keys.verify(&token) == Err(InvalidToken::UnknownKey) {
        let newer = directory.find_newer(user_flow, &metadata).await;
        metadata = newer.unwrap_or(metadata);
    }
    metadata.keys.verify(&token)?;
    let rules = IdTokenRules {
        issuer: &metadata.issuer,
        client_id: &directory.settings.client_id,
        user_flow,
        nonce: nonce.map(Secret::expose),
        accept_emulator: directory.settings.emulator,
        now,
    };
    rules.check(&token.claims)?;
    if let Some(access_token) = &answer.access_token
        && !access_token_hash_matches(&token.claims, access_token.expose())
    {
        return Err(InvalidToken::Claim("at_hash"));
    }
    Ok(Some(token.claims))
}
