use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

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

fn segment(token: &Value, index: usize) -> Value {
    let token = token.as_str().unwrap();
    let segment = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).unwrap()).unwrap()
}
