//! Takes a compact JWS apart (RFC 7515 §7.1), without believing any of it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::claim_set::{ClaimSet, Unique};

/// A token whose signature has not been looked at yet.
pub(crate) struct Jwt<'t, C = Map<String, Value>> {
    pub(crate) header: Header,
    pub(crate) claims: C,
    /// What the signature is over.
    pub(crate) signed: &'t [u8],
    pub(crate) signature: Vec<u8>,
}

/// The part of the header that counts. `jku`, `x5u`, `jwk` and their like are never looked at.
#[derive(Debug, Deserialize)]
pub(crate) struct Header {
    pub(crate) alg: String,
    pub(crate) kid: Option<String>,
    /// What kind of token it says it is (RFC 8725 §3.11).
    pub(crate) typ: Option<String>,
    crit: Option<Value>,
}

impl<'t> Jwt<'t> {
    pub(crate) fn parse(token: &'t str) -> Result<Self, InvalidToken> {
        Self::with_claims(token)
    }
}

impl<'t, C: ClaimSet> Jwt<'t, C> {
    /// Its claims in the form that is wanted.
    pub(crate) fn with_claims(token: &'t str) -> Result<Self, InvalidToken> {
        if token.len() > LONGEST {
            return Err(InvalidToken::Malformed("longer than 64 KiB"));
        }
        let malformed = |what| move || InvalidToken::Malformed(what);
        let (signed, signature) = token
            .rsplit_once('.')
            .ok_or_else(malformed("not three parts"))?;
        let (header, claims) = signed
            .split_once('.')
            .ok_or_else(malformed("not three parts"))?;
        if claims.contains('.') {
            return Err(InvalidToken::Malformed("not three parts"));
        }
        let mut decoded = Vec::with_capacity(signed.len());
        let header = decode(header, &mut decoded);
        let header: Option<Header> = header.and_then(|json| serde_json::from_slice(json).ok());
        let header = header.ok_or_else(malformed("header"))?;
        if header.crit.is_some() {
            return Err(InvalidToken::Malformed(
                "critical header parameters are not understood",
            ));
        }
        let claims = decode(claims, &mut decoded).and_then(read_claims);
        let claims = claims.ok_or_else(malformed("payload"))?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .ok()
            .ok_or_else(malformed("signature"))?;
        Ok(Self {
            header,
            claims,
            signed: signed.as_bytes(),
            signature,
        })
    }
}

/// Why a token is not accepted. Names what is wrong, never repeats the token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum InvalidToken {
    Malformed(&'static str),
    Algorithm(String),
    UnknownKey,
    Signature,
    /// The header says that it is another kind of token.
    Type,
    /// A claim is missing, of the wrong type or of another value than required.
    Claim(&'static str),
    /// Ended this many seconds ago, beyond the leeway.
    Expired {
        seconds: u64,
    },
    /// Begins in this many seconds, beyond the leeway.
    NotYetValid {
        seconds: u64,
    },
    /// An ID token, which says who signed in and gives no access.
    IdToken,
    /// Bound (RFC 7800) in a way that is not understood.
    Bound,
    /// Issued by the emulator, for an app that is not configured for it.
    Emulator,
}

impl InvalidToken {
    /// Whether two clocks that differ explain it.
    pub(crate) fn is_about_time(&self) -> bool {
        matches!(self, Self::Expired { .. } | Self::NotYetValid { .. })
    }
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "the token is malformed: {what}"),
            Self::Algorithm(name) => {
                write!(f, "the token is signed with {name:?}, which its provider's signing_algorithms do not have")
            }
            Self::UnknownKey => f.write_str("the token names a key that the provider does not list"),
            Self::Signature => f.write_str("the token's signature does not verify"),
            Self::Type => f.write_str("the token's typ is that of another kind of token"),
            Self::Claim(name) => write!(f, "the token's claim {name} is missing or not as required"),
            Self::Expired { seconds } => write!(
                f,
                "the token expired {seconds} s ago by this server's clock; compare it with the provider's"
            ),
            Self::NotYetValid { seconds } => write!(
                f,
                "the token becomes valid in {seconds} s by this server's clock; compare it with the provider's"
            ),
            Self::IdToken => f.write_str(
                "the token is an ID token (it has neither scp, scope nor roles); the client must \
                 request an access token for this API, with one of its scopes",
            ),
            Self::Bound => f.write_str(
                "the token is bound (cnf) in a way that cannot be checked: neither by jkt nor by x5t#S256",
            ),
            Self::Emulator => f.write_str(
                "the token comes from an emulator; emulator = true in its provider's table accepts it, on localhost only",
            ),
        }
    }
}

/// Decodes a part into `decoded`, in place of what is there.
fn decode<'d>(part: &str, decoded: &'d mut Vec<u8>) -> Option<&'d [u8]> {
    decoded.clear();
    URL_SAFE_NO_PAD.decode_vec(part, decoded).ok()?;
    Some(decoded)
}

/// All of a text is looked at once, in place of each of its strings.
fn read_claims<C: ClaimSet>(decoded: &[u8]) -> Option<C> {
    let text = std::str::from_utf8(decoded).ok()?;
    let Unique(claims) = serde_json::from_str(text).ok()?;
    Some(claims)
}

const LONGEST: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::Jwt;

    #[test]
    fn malformed_tokens_are_refused_without_a_panic() {
        for token in [
            "",
            ".",
            "..",
            "...",
            "a.b",
            "e30.e30.",
            "e30.e30.!",
            "!.e30.e30",
            "é.é.é",
            "W10.W10.AA",
            "null.null.null",
        ] {
            assert!(Jwt::parse(token).is_err(), "{token}");
        }
        assert!(Jwt::parse(&"a".repeat(70_000)).is_err());
    }
}
