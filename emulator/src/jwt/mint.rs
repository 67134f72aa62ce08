use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::KeyRing;
use crate::{
    control::{Misbehaviour, Misbehaviours},
    random,
};

/// Signs a payload, unless the misbehaviours want something worse.
pub(super) fn mint(
    payload: &Map<String, Value>,
    keys: &KeyRing,
    bad: &Misbehaviours,
) -> Option<String> {
    let key = keys.current()?;
    let unsigned = bad.has(&Misbehaviour::AlgNone);
    let header = if unsigned {
        json!({ "typ": "JWT", "alg": "none" })
    } else if bad.has(&Misbehaviour::UnknownKid) {
        json!({ "typ": "JWT", "alg": "RS256", "kid": random::token() })
    } else {
        json!({ "typ": "JWT", "alg": "RS256", "kid": key.public().kid })
    };
    let payload = serde_json::to_vec(payload).ok()?;
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(payload)
    );
    if unsigned {
        return Some(format!("{message}."));
    }
    let mut signature = key.sign(message.as_bytes()).ok()?;
    if bad.has(&Misbehaviour::BadSignature) {
        for byte in &mut signature {
            *byte ^= 0x55;
        }
    }
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// `at_hash`: the left half of the SHA-256 of a token (OpenID Connect Core, 3.1.3.6).
pub(crate) fn half_hash(token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}
