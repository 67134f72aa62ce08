//! Proofs of possession of a key (RFC 9449 §4).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::keys::KeySet;
use super::parse::{InvalidToken, Jwt};
use crate::config::SigningAlgorithm::{self, EdDsa, Es256, Es384, Ps256, Rs256};
use crate::crypto::sha256;
use crate::time::Timestamp;

/// A proof whose signature is good, by the key in its own header.
#[derive(Debug)]
pub(crate) struct DpopProof {
    /// The key's SHA-256 thumbprint (RFC 7638), in base64url.
    pub(crate) thumbprint: String,
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) url: String,
    /// The SHA-256 of the access token, in base64url.
    pub(crate) token_hash: Option<String>,
    pub(crate) issued_at: Timestamp,
    /// What the API gave the client to put in.
    pub(crate) nonce: Option<String>,
}

impl DpopProof {
    /// The algorithms that proofs may be signed with, as `WWW-Authenticate` tells them.
    pub(crate) const ALGORITHMS: &'static str = "ES256 ES384 EdDSA PS256 RS256";

    /// How old a proof may be, and how far ahead clocks may go.
    pub(crate) const WINDOW: Duration = Duration::from_secs(120);

    /// Reads a proof and checks all that needs no look at the request (§4.3, 2 to 7 and 11).
    pub(crate) fn verify(proof: &str, now: Timestamp) -> Result<Self, InvalidToken> {
        if proof.len() > LONGEST {
            return Err(InvalidToken::Malformed("a proof longer than 8 KiB"));
        }
        let mut jwt = Jwt::parse(proof)?;
        if jwt.header.typ.as_deref() != Some("dpop+jwt") {
            return Err(InvalidToken::Type);
        }
        let key = key_in_header(proof)?;
        let thumbprint = thumbprint(&key).ok_or(InvalidToken::UnknownKey)?;
        let keys = json!({ "keys": [key] }).to_string();
        let keys = KeySet::parse(keys.as_bytes()).map_err(|_| InvalidToken::UnknownKey)?;
        // There is but one key to choose from.
        jwt.header.kid = None;
        keys.verify(&jwt, &ACCEPTED)?;
        let claims = &jwt.claims;
        let text = |name: &'static str| {
            let text = claims.get(name).and_then(Value::as_str);
            let text = text.filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or(InvalidToken::Claim(name))
        };
        let issued_at = claims.get("iat").and_then(Value::as_u64).map(Timestamp);
        let issued_at = issued_at.ok_or(InvalidToken::Claim("iat"))?;
        if issued_at > now + Self::WINDOW {
            return Err(InvalidToken::NotYetValid {
                seconds: issued_at.since(now).as_secs(),
            });
        }
        if now > issued_at + Self::WINDOW {
            return Err(InvalidToken::Expired {
                seconds: now.since(issued_at).as_secs(),
            });
        }
        Ok(Self {
            thumbprint,
            id: text("jti")?,
            method: text("htm")?,
            url: text("htu")?,
            token_hash: text("ath").ok(),
            issued_at,
            nonce: text("nonce").ok(),
        })
    }
}

/// The public key in the header; one with a private part is refused (§4.3, 7).
fn key_in_header(proof: &str) -> Result<Map<String, Value>, InvalidToken> {
    let header = proof.split('.').next().unwrap_or_default();
    let header = URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    let header: Map<String, Value> =
        serde_json::from_slice(&header).map_err(|_| InvalidToken::Malformed("header"))?;
    let Some(Value::Object(key)) = header.get("jwk") else {
        return Err(InvalidToken::Malformed("a proof without its key"));
    };
    let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    if private.iter().any(|name| key.contains_key(*name)) {
        return Err(InvalidToken::Malformed("a proof with a private key"));
    }
    // What the key says of its use is not what is asked here.
    let members = ["kty", "crv", "x", "y", "n", "e"];
    let public = key
        .iter()
        .filter(|(name, _)| members.contains(&name.as_str()));
    Ok(public
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect())
}

/// The SHA-256 of the key's required members, in the order of their names (RFC 7638 §3).
fn thumbprint(key: &Map<String, Value>) -> Option<String> {
    let members: &[&str] = match key.get("kty")?.as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "RSA" => &["e", "kty", "n"],
        _ => return None,
    };
    let mut canonical = Vec::new();
    for name in members {
        let value = key.get(*name)?.as_str()?;
        canonical.push(format!("\"{name}\":{}", Value::from(value)));
    }
    let canonical = format!("{{{}}}", canonical.join(","));
    Some(URL_SAFE_NO_PAD.encode(sha256(canonical.as_bytes())))
}

const ACCEPTED: [SigningAlgorithm; 5] = [Es256, Es384, EdDsa, Ps256, Rs256];
const LONGEST: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_that_of_the_rfc() {
        // RFC 7638 §3.1, whose key has more members than count.
        let key = json!({
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
        });
        let thumbprint = thumbprint(key.as_object().unwrap());
        assert_eq!(
            thumbprint.as_deref(),
            Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        );
    }
}
