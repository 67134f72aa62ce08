use serde_json::{Map, Value};

use super::claims::{WRONG_AUDIENCE, WRONG_ISSUER};
use crate::control::{Misbehaviour, Misbehaviours};

/// Falsifies the claims of a token as the misbehaviours demand.
pub(super) fn spoil(claims: &mut Map<String, Value>, bad: &Misbehaviours) {
    for (misbehaviour, name) in REMOVED {
        if claims.contains_key(name) && bad.has(&misbehaviour) {
            claims.shift_remove(name);
        }
    }
    for (misbehaviour, name, value) in REPLACED {
        if claims.contains_key(name) && bad.has(&misbehaviour) {
            claims.insert(name.to_owned(), value.into());
        }
    }
    // Access tokens have scopes, and an `azp` by right.
    if !claims.contains_key("scp") {
        for (misbehaviour, name) in ADDED {
            if bad.has(&misbehaviour) {
                claims.insert(name.to_owned(), WRONG_AUDIENCE.into());
            }
        }
    }
    if bad.has(&Misbehaviour::AcrInsteadOfTfp)
        && let Some(user_flow) = claims.shift_remove("tfp")
    {
        let name = user_flow.as_str().unwrap_or_default().to_ascii_lowercase();
        claims.insert("acr".to_owned(), name.into());
    }
    if bad.has(&Misbehaviour::NotYetValid) {
        shift(claims, AN_HOUR);
    }
    let skew = bad.find(|misbehaviour| match misbehaviour {
        Misbehaviour::ClockSkew(seconds) => Some(*seconds),
        _ => None,
    });
    shift(claims, skew.unwrap_or_default());
}

/// Moves the times of a token.
fn shift(claims: &mut Map<String, Value>, seconds: i64) {
    for name in ["exp", "nbf", "iat", "auth_time"] {
        if let Some(time) = claims.get(name).and_then(Value::as_i64) {
            claims.insert(name.to_owned(), time.saturating_add(seconds).into());
        }
    }
}

const AN_HOUR: i64 = 3600;

const REMOVED: [(Misbehaviour, &str); 6] = [
    (Misbehaviour::MissingSubject, "sub"),
    (Misbehaviour::MissingAudience, "aud"),
    (Misbehaviour::MissingIssuedAt, "iat"),
    (Misbehaviour::MissingExpiry, "exp"),
    (Misbehaviour::MissingCodeHash, "c_hash"),
    (Misbehaviour::MissingAccessTokenHash, "at_hash"),
];

const ADDED: [(Misbehaviour, &str); 2] = [
    (Misbehaviour::RefreshedWrongAudience, "aud"),
    (Misbehaviour::RefreshedAuthorizedParty, "azp"),
];

const REPLACED: [(Misbehaviour, &str, &str); 5] = [
    (
        Misbehaviour::SubjectNotSupported,
        "sub",
        "Not supported currently. Use oid claim.",
    ),
    (Misbehaviour::RefreshedWrongIssuer, "iss", WRONG_ISSUER),
    (
        Misbehaviour::RefreshedWrongSubject,
        "sub",
        "99990000-9999-0000-9999-000099990000",
    ),
    (
        Misbehaviour::WrongCodeHash,
        "c_hash",
        "AAAAAAAAAAAAAAAAAAAAAA",
    ),
    (
        Misbehaviour::WrongAccessTokenHash,
        "at_hash",
        "AAAAAAAAAAAAAAAAAAAAAA",
    ),
];
