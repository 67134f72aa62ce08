use serde_json::json;

use super::{
    KeyRing,
    claims::{Claims, MARKER, WRONG_AUDIENCE, WRONG_ISSUER, WRONG_NONCE},
    sign::{Algorithm, Signing, TokenType, write},
};
use crate::{
    control::{LogoutTokenFlaw, Misbehaviour, Misbehaviours},
    random,
    session::Application,
};

/// Makes a logout token: who is told, about which session, unless the misbehaviours want something
/// worse ([OpenID Connect Back-Channel Logout 1.0, section 2.4][spec]).
///
/// [spec]: https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken
pub(crate) fn logout_token(
    application: &Application,
    sid: &str,
    now: i64,
    keys: &KeyRing,
    bad: &Misbehaviours,
) -> Option<String> {
    let has = |flaw| bad.has(&Misbehaviour::BadLogoutToken(flaw));
    let mut claims = Claims::default();
    claims.add("iss", application.issuer.as_str());
    claims.add("sub", application.subject.as_str());
    claims.add("aud", application.client_id.as_str());
    claims.add("iat", now);
    claims.add("exp", now + LIFETIME);
    claims.add("jti", random::token());
    claims.add("events", json!({ EVENT: {} }));
    claims.add("sid", sid);
    claims.add(MARKER, true);

    for (flaw, names) in REMOVED {
        if has(flaw) {
            claims.0.retain(|name, _| !names.contains(&name.as_str()));
        }
    }
    for (flaw, name, value) in REPLACED {
        if has(flaw) {
            claims.add(name, value);
        }
    }
    if has(LogoutTokenFlaw::WrongEvent) {
        claims.add("events", json!({ WRONG_EVENT: {} }));
    }
    if has(LogoutTokenFlaw::OtherSession) {
        claims.add("sid", random::token());
    }
    if has(LogoutTokenFlaw::Expired) {
        claims.add("iat", now - LONG_AGO);
        claims.add("exp", now - LONG_AGO + LIFETIME);
    }
    let signing = Signing {
        token_type: if has(LogoutTokenFlaw::WrongType) {
            TokenType::Access
        } else {
            TokenType::Logout
        },
        algorithm: if has(LogoutTokenFlaw::AlgNone) {
            Algorithm::None
        } else if has(LogoutTokenFlaw::WrongAlgorithm) {
            Algorithm::Hs256
        } else {
            Algorithm::Rs256
        },
        is_bad: has(LogoutTokenFlaw::BadSignature),
        ..Signing::default()
    };
    write(&claims.0, &*keys.current()?, &signing)
}

/// The specification recommends two minutes at most.
const LIFETIME: i64 = 120;
const LONG_AGO: i64 = 3600;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const WRONG_EVENT: &str = "http://schemas.openid.net/event/wrong-event";

const REMOVED: [(LogoutTokenFlaw, &[&str]); 5] = [
    (LogoutTokenFlaw::NoEvent, &["events"]),
    (LogoutTokenFlaw::NoSubjectNorSession, &["sub", "sid"]),
    (LogoutTokenFlaw::OtherSession, &["sub"]),
    (LogoutTokenFlaw::MissingIssuedAt, &["iat"]),
    (LogoutTokenFlaw::MissingId, &["jti"]),
];

const REPLACED: [(LogoutTokenFlaw, &str, &str); 3] = [
    (LogoutTokenFlaw::WrongIssuer, "iss", WRONG_ISSUER),
    (LogoutTokenFlaw::WrongAudience, "aud", WRONG_AUDIENCE),
    (LogoutTokenFlaw::WithNonce, "nonce", WRONG_NONCE),
];
