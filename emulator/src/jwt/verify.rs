use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::DeserializeOwned};

use super::KeyRing;

/// A verified access token: what the sample API reads from it.
#[derive(Debug, Deserialize)]
pub(crate) struct Bearer {
    iss: String,
    aud: String,
    exp: i64,
    nbf: i64,
    #[serde(default)]
    scp: String,
    pub(crate) sub: String,
    #[serde(default)]
    pub(crate) oid: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) tfp: String,
    /// The authentication contexts that are fulfilled.
    #[serde(default)]
    pub(crate) acrs: Vec<String>,
    #[serde(default)]
    xms_cc: Vec<String>,
}

/// Why an access token is refused (RFC 6750, `invalid_token`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unverified {
    Malformed,
    Algorithm,
    UnknownKey,
    Signature,
    Issuer,
    Audience,
    Expired,
    NotYetValid,
}

impl Bearer {
    /// Can its client answer a claims challenge?
    pub(crate) fn takes_challenges(&self) -> bool {
        self.xms_cc.iter().any(|capability| capability == "cp1")
    }

    /// Verifies signature, issuer, audience and times.
    pub(crate) fn verify(
        token: &str,
        keys: &KeyRing,
        issuer: &str,
        audience: &str,
        now: i64,
    ) -> Result<Self, Unverified> {
        let bearer: Self = genuine(token, keys)?;
        if bearer.iss != issuer {
            return Err(Unverified::Issuer);
        }
        if bearer.aud != audience {
            return Err(Unverified::Audience);
        }
        if bearer.exp <= now {
            return Err(Unverified::Expired);
        }
        if bearer.nbf > now + SKEW {
            return Err(Unverified::NotYetValid);
        }
        Ok(bearer)
    }

    pub(crate) fn scopes(&self) -> &str {
        &self.scp
    }

    pub(crate) fn has_scope(&self, wanted: &str) -> bool {
        self.scp.split(' ').any(|scope| scope == wanted)
    }
}

impl Unverified {
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Malformed => "The access token is not a JSON Web Token",
            Self::Algorithm => "The access token is not signed with RS256",
            Self::UnknownKey => "The access token is signed with an unknown key",
            Self::Signature => "The signature of the access token is wrong",
            Self::Issuer => "The access token was issued by somebody else",
            Self::Audience => "The access token is meant for somebody else",
            Self::Expired => "The access token expired",
            Self::NotYetValid => "The access token is not valid yet",
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
}

/// Reads the payload of a token that one of the emulator's keys has signed.
pub(super) fn genuine<T: DeserializeOwned>(token: &str, keys: &KeyRing) -> Result<T, Unverified> {
    let (message, signature) = token.rsplit_once('.').ok_or(Unverified::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(Unverified::Malformed)?;
    let header: Header = read(header)?;
    if header.alg != "RS256" {
        return Err(Unverified::Algorithm);
    }
    let key = keys.by_kid(&header.kid).ok_or(Unverified::UnknownKey)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| Unverified::Malformed)?;
    if !key.verify(message.as_bytes(), &signature) {
        return Err(Unverified::Signature);
    }
    read(payload)
}

fn read<T: for<'de> Deserialize<'de>>(segment: &str) -> Result<T, Unverified> {
    let json = URL_SAFE_NO_PAD
        .decode(segment)
        .map_err(|_| Unverified::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| Unverified::Malformed)
}

const SKEW: i64 = 60;
