//! Who came back: what the two channels and the userinfo endpoint say, held against each other and
//! against who went.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::redeem::Ended;
use crate::cookie::{Purpose, Transaction};
use crate::flow::Refusal;
use crate::jwt::InvalidToken;
use crate::protocol::{TokenAnswer, userinfo, verify_front_channel};
use crate::provider::{Metadata, Provider};
use crate::secret::Secret;
use crate::session::Live;
use crate::time::Timestamp;

/// In the hybrid flow the claims of the ID token that came with the code, which must have come.
pub(super) async fn front_claims(
    provider: &Provider,
    metadata: &Arc<Metadata>,
    transaction: &Transaction,
    (code, id_token): (&Secret, Option<&Secret>),
    now: Timestamp,
) -> Result<Option<Map<String, Value>>, Ended> {
    if !provider.settings.round_trip.hybrid {
        return Ok(None);
    }
    let id_token = id_token.ok_or(Ended::Refused(Refusal::NoIdToken))?;
    let user_flow = transaction.user_flow.as_deref();
    let (tokens, nonce) = ((id_token, code), &transaction.nonce);
    let claims = verify_front_channel(provider, metadata, user_flow, tokens, nonce, now);
    claims.await.map(Some).map_err(not_genuine)
}

/// Both ID tokens of the hybrid flow must be about one user (OpenID Connect Core §3.3.3.6).
pub(super) fn check_same_subject(
    front: Option<&Map<String, Value>>,
    claims: &Map<String, Value>,
) -> Result<(), Ended> {
    let Some(front) = front else { return Ok(()) };
    let mut names = ["iss", "sub"].into_iter();
    match names.find(|name| front.get(*name) != claims.get(*name)) {
        Some(name) => Err(not_genuine(InvalidToken::Claim(name))),
        None => Ok(()),
    }
}

/// Claims from the userinfo endpoint, where they are wanted.
pub(super) async fn extra_claims(
    provider: &Provider,
    metadata: &Metadata,
    answer: &TokenAnswer,
    claims: &Map<String, Value>,
) -> Result<Map<String, Value>, Ended> {
    if !provider.settings.round_trip.userinfo {
        return Ok(Map::new());
    }
    let endpoint = metadata.userinfo_endpoint.as_ref();
    let access_token = answer.access_token.as_ref();
    let subject = claims.get("sub").and_then(Value::as_str);
    let extra = userinfo(provider, endpoint, access_token, subject).await;
    extra.map_err(|error| Ended::Refused(Refusal::Userinfo(error)))
}

/// Whether a sign-in that a signed-in user began ends with another, or into the session of another:
/// a session must not change hands without anybody noticing. What was begun by nobody is for whoever
/// finishes it, and who goes from one provider to another means to.
pub(super) fn is_other_user(
    transaction: &Transaction,
    present: Option<&Arc<Live>>,
    claims: &Map<String, Value>,
) -> bool {
    let begun_in = transaction.begun_in.as_ref();
    let Some(expected) = begun_in.and_then(|begun_in| begun_in.subject.as_deref()) else {
        return false;
    };
    let expected = Some(expected);
    let record = present.map(|live| live.record());
    let is_theirs = record.is_none_or(|record| {
        record.provider == transaction.provider && record.subject() == expected
    });
    let subject = claims.get("sub").and_then(Value::as_str);
    transaction.purpose == Purpose::SignIn && !(is_theirs && subject == expected)
}

pub(super) fn not_genuine(reason: InvalidToken) -> Ended {
    Ended::Refused(Refusal::Token(reason))
}
