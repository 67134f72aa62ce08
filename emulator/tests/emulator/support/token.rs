use aws_lc_rs::{
    digest,
    signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{Bench, SIGN_IN};

/// The payload of a JWT, unverified.
pub(crate) fn claims(token: &Value) -> Value {
    segment(token, 1)
}

/// The header of a JWT.
pub(crate) fn header_of(token: &Value) -> Value {
    segment(token, 0)
}

/// The left half of a SHA-256, as `c_hash` and `at_hash` are.
pub(crate) fn half_hash(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

/// Does the signature match one of the published keys, by RS256?
pub(crate) async fn genuine(bench: &mut Bench, token: &Value) -> bool {
    let tenant = bench.emulator.tenant();
    let path = format!("/{tenant}/{SIGN_IN}/discovery/v2.0/keys");
    let keys = bench.visitor.get(&path).await.json();
    let kid = header_of(token)["kid"].clone();
    let keys = keys["keys"].as_array().unwrap();
    let Some(key) = keys.iter().find(|key| key["kid"] == kid) else {
        return false;
    };
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let key = RsaPublicKeyComponents {
        n: bytes(key["n"].as_str().unwrap()),
        e: bytes(key["e"].as_str().unwrap()),
    };
    let (message, signature) = token.as_str().unwrap().rsplit_once('.').unwrap();
    let signature = bytes(signature);
    header_of(token)["alg"] == "RS256"
        && key
            .verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature)
            .is_ok()
}

fn segment(token: &Value, index: usize) -> Value {
    let token = token.as_str().unwrap();
    let segment = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).unwrap()).unwrap()
}
