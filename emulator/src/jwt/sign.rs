//! Good and bad signatures.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::key::SigningKey;
use crate::random;

/// How a token is signed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Signing {
    pub(crate) token_type: TokenType,
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: KeyId,
    /// Does the signature fail to match?
    pub(crate) is_bad: bool,
}

/// The `typ` of a token.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum TokenType {
    #[default]
    Any,
    /// OpenID Connect Back-Channel Logout 1.0, section 2.4.
    Logout,
    /// RFC 9068, which the emulator's own access tokens do not follow.
    Access,
}

/// The `alg` of a token.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSA with SHA-256, as B2C signs.
    #[default]
    #[serde(rename = "RS256")]
    Rs256,
    /// Elliptic curve; the emulator has no such key, so the signature is never good.
    #[serde(rename = "ES256")]
    Es256,
    /// A shared secret: the public key as it is in the key set, which is known to everybody.
    #[serde(rename = "HS256")]
    Hs256,
    /// No signature.
    #[serde(rename = "none")]
    None,
}

/// The `kid` of a token.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) enum KeyId {
    #[default]
    Right,
    Missing,
    Unknown,
    Given(String),
}

impl TokenType {
    fn name(self) -> &'static str {
        match self {
            Self::Any => "JWT",
            Self::Logout => "logout+jwt",
            Self::Access => "at+jwt",
        }
    }
}

impl Algorithm {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
            Self::None => "none",
        }
    }
}

/// Writes a token in compact form.
pub(crate) fn write(
    payload: &Map<String, Value>,
    key: &SigningKey,
    signing: &Signing,
) -> Option<String> {
    let mut header = json!({ "typ": signing.token_type.name(), "alg": signing.algorithm.name() });
    let kid = match &signing.key_id {
        _ if signing.algorithm == Algorithm::None => None,
        KeyId::Right => Some(key.public().kid.clone()),
        KeyId::Missing => None,
        KeyId::Unknown => Some(random::token()),
        KeyId::Given(kid) => Some(kid.clone()),
    };
    if let Some(kid) = kid {
        header["kid"] = kid.into();
    }
    let payload = serde_json::to_vec(payload).ok()?;
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let mut signature = match signing.algorithm {
        Algorithm::Rs256 => key.sign(message.as_bytes()).ok()?,
        // As long as a real one.
        Algorithm::Es256 => [random::bytes(), random::bytes()].concat(),
        Algorithm::Hs256 => {
            let secret = hmac::Key::new(hmac::HMAC_SHA256, key.public().modulus.as_bytes());
            hmac::sign(&secret, message.as_bytes()).as_ref().to_vec()
        }
        Algorithm::None => return Some(format!("{message}.")),
    };
    if signing.is_bad {
        for byte in &mut signature {
            *byte ^= 0x55;
        }
    }
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
