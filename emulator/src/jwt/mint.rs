use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::{
    KeyRing,
    sign::{Algorithm, KeyId, Signing, TokenType, write},
    spoil::spoil,
};
use crate::control::{Misbehaviour, Misbehaviours};

/// Signs a payload, unless the misbehaviours want something worse.
pub(super) fn mint(
    payload: &Map<String, Value>,
    keys: &KeyRing,
    bad: &Misbehaviours,
) -> Option<String> {
    let key = keys.current()?;
    let mut payload = payload.clone();
    spoil(&mut payload, bad);
    write(&payload, &key, &signing(bad))
}

fn signing(bad: &Misbehaviours) -> Signing {
    let (algorithm, is_bad) = if bad.has(&Misbehaviour::AlgNone) {
        (Algorithm::None, false)
    } else if bad.has(&Misbehaviour::KeyConfusion) {
        (Algorithm::Hs256, false)
    } else if bad.has(&Misbehaviour::BadSignatureHs256) {
        (Algorithm::Hs256, true)
    } else if bad.has(&Misbehaviour::BadSignatureEs256) {
        (Algorithm::Es256, true)
    } else {
        (Algorithm::Rs256, bad.has(&Misbehaviour::BadSignature))
    };
    let is_missing = bad.has(&Misbehaviour::MissingKidSingleKey)
        || bad.has(&Misbehaviour::MissingKidSeveralKeys);
    let key_id = if is_missing {
        KeyId::Missing
    } else if bad.has(&Misbehaviour::UnknownKid) {
        KeyId::Unknown
    } else {
        KeyId::Right
    };
    Signing {
        token_type: TokenType::Any,
        algorithm,
        key_id,
        is_bad,
    }
}

/// `at_hash`: the left half of the SHA-256 of a token (OpenID Connect Core, 3.1.3.6).
pub(crate) fn half_hash(token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}
