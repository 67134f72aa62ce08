use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{KeyRing, Unverified, verify::genuine};

/// A token whose signature is right; nothing else has been checked.
#[derive(Debug, Deserialize)]
pub(crate) struct Statement {
    #[serde(default)]
    pub(crate) iss: String,
    #[serde(default)]
    pub(crate) aud: String,
    #[serde(default)]
    pub(crate) sub: String,
    pub(crate) exp: i64,
    pub(crate) nbf: i64,
    #[serde(flatten)]
    pub(crate) claims: Map<String, Value>,
}

impl Statement {
    /// Reads a token of the emulator.
    pub(crate) fn read(token: &str, keys: &KeyRing) -> Result<Self, Unverified> {
        genuine(token, keys)
    }

    /// Reads a token that an application has signed with a shared key (HS256).
    pub(crate) fn read_shared(token: &str, key: &str) -> Result<Self, Unverified> {
        let (message, signature) = token.rsplit_once('.').ok_or(Unverified::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(Unverified::Malformed)?;
        let header: Value = decoded(header)?;
        if header["alg"] != "HS256" {
            return Err(Unverified::Algorithm);
        }
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| Unverified::Malformed)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        hmac::verify(&key, message.as_bytes(), &signature).map_err(|_| Unverified::Signature)?;
        decoded(payload)
    }
}

fn decoded<T: for<'a> Deserialize<'a>>(segment: &str) -> Result<T, Unverified> {
    let bytes = URL_SAFE_NO_PAD.decode(segment).ok();
    bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or(Unverified::Malformed)
}
