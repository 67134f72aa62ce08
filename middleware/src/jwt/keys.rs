//! The provider's signing keys, and the check of a signature with one of them.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::parse::{InvalidToken, Jwt};

/// The RSA keys of a JWK set (RFC 7517 §5).
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

#[derive(Clone, Debug)]
struct Key {
    kid: Option<String>,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl KeySet {
    /// Reads a JWK set. Keys of other types or uses are passed over, as RFC 7517 §5 says; one bad
    /// key does not spoil the others.
    pub(crate) fn parse(document: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<serde_json::Value>,
        }
        #[derive(Deserialize)]
        struct Jwk {
            kty: String,
            #[serde(rename = "use")]
            usage: Option<String>,
            alg: Option<String>,
            kid: Option<String>,
            n: String,
            e: String,
        }
        let document: Document = serde_json::from_slice(document)?;
        let jwks = document
            .keys
            .into_iter()
            .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        let usable = jwks.filter(|jwk| {
            jwk.kty == "RSA"
                && jwk.usage.as_deref().is_none_or(|usage| usage == "sig")
                && jwk.alg.as_deref().is_none_or(|alg| alg == "RS256")
        });
        let keys = usable.filter_map(|jwk| {
            let modulus = URL_SAFE_NO_PAD.decode(jwk.n.trim_end_matches('=')).ok()?;
            let exponent = URL_SAFE_NO_PAD.decode(jwk.e.trim_end_matches('=')).ok()?;
            Some(Key {
                kid: jwk.kid,
                modulus,
                exponent,
            })
        });
        Ok(Self {
            keys: keys.collect(),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Verifies the signature with the key that the header names. Only RS256: anything else, `none`
    /// and HS256 among them, is refused before a key is looked up.
    pub(crate) fn verify(&self, token: &Jwt<'_>) -> Result<(), InvalidToken> {
        if token.header.alg != "RS256" {
            return Err(InvalidToken::Algorithm(
                token.header.alg.chars().take(16).collect(),
            ));
        }
        let key = match &token.header.kid {
            Some(kid) => self.keys.iter().find(|key| key.kid.as_ref() == Some(kid)),
            // Without a name, only a set of one is unambiguous.
            None if self.keys.len() == 1 => self.keys.first(),
            None => None,
        };
        let key = key.ok_or(InvalidToken::UnknownKey)?;
        let public = RsaPublicKeyComponents {
            n: &key.modulus,
            e: &key.exponent,
        };
        public
            .verify(&RSA_PKCS1_2048_8192_SHA256, token.signed, &token.signature)
            .map_err(|_| InvalidToken::Signature)
    }
}
