//! From a token response to claims that can be believed.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::token::TokenAnswer;
use crate::jwt::{IdTokenRules, InvalidToken, Jwt};
use crate::provider::{Metadata, Provider};
use crate::secret::Secret;
use crate::time::Timestamp;

/// Verifies the ID token of a token response (OpenID Connect Core §3.1.3.7) and returns its claims;
/// `None` if the response has none.
///
/// At a refresh there is no `nonce` to compare (OpenID Connect Core §12.2).
pub(crate) async fn verify_id_token(
    provider: &Provider,
    metadata: &Arc<Metadata>,
    user_flow: Option<&str>,
    answer: &TokenAnswer,
    nonce: Option<&Secret>,
    now: Timestamp,
) -> Result<Option<Map<String, Value>>, InvalidToken> {
    let Some(id_token) = &answer.id_token else {
        return Ok(None);
    };
    let token = verified(provider, metadata, user_flow, id_token, nonce, now).await?;
    if let Some(access_token) = &answer.access_token
        && !token.hash_matches("at_hash", access_token.expose())
    {
        return Err(InvalidToken::Claim("at_hash"));
    }
    Ok(Some(token.claims))
}

/// Verifies an ID token that came with a code (OpenID Connect Core §3.3.2.12): it must name the code
/// by its hash, so that neither was exchanged on the way. Returns its claims.
pub(crate) async fn verify_front_channel(
    provider: &Provider,
    metadata: &Arc<Metadata>,
    user_flow: Option<&str>,
    (id_token, code): (&Secret, &Secret),
    nonce: &Secret,
    now: Timestamp,
) -> Result<Map<String, Value>, InvalidToken> {
    let token = verified(provider, metadata, user_flow, id_token, Some(nonce), now).await?;
    if !token.claims.contains_key("c_hash") || !token.hash_matches("c_hash", code.expose()) {
        return Err(InvalidToken::Claim("c_hash"));
    }
    Ok(token.claims)
}

/// A token of this provider, for this app and this request.
async fn verified<'t>(
    provider: &Provider,
    metadata: &Arc<Metadata>,
    user_flow: Option<&str>,
    id_token: &'t Secret,
    nonce: Option<&Secret>,
    now: Timestamp,
) -> Result<Jwt<'t>, InvalidToken> {
    let settings = &provider.settings;
    let token = Jwt::parse(id_token.expose())?;
    let metadata = provider.signed(&token, user_flow, metadata).await?;
    let rules = IdTokenRules {
        issuer: &metadata.issuer,
        client_id: &settings.client_id,
        user_flow,
        nonce: nonce.map(Secret::expose),
        accept_emulator: settings.emulator,
        now,
    };
    rules.check(&token.claims)?;
    Ok(token)
}
