use std::{error::Error, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::public_key::PublicKey;

/// Trust in another issuer's tokens instead of a secret (workload identity federation).
///
/// An assertion counts if issuer, subject and audience are these, letter by letter
/// (<https://learn.microsoft.com/entra/workload-id/workload-identity-federation>). Entra ID fetches
/// the issuer's keys; the emulator asks nobody, so they are part of the registration.
///
/// ```
/// use b2c_emulator::{Client, FederatedCredential};
///
/// # fn main() -> Result<(), b2c_emulator::InvalidKeySet> {
/// let keys = r#"{"keys": [{"kty": "RSA", "kid": "k1", "n": "sXch", "e": "AQAB"}]}"#;
/// let workload = FederatedCredential::new(
///     "https://issuer.example",
///     "system:serviceaccount:shop:orders",
///     keys.to_owned().try_into()?,
/// );
/// let orders = Client::new("22223333-cccc-4444-dddd-5555eeee6666", "").federated_credential(workload);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FederatedCredential {
    pub(super) issuer: String,
    pub(super) subject: String,
    #[serde(default = "usual_audience")]
    pub(super) audience: String,
    pub(super) jwks: KeySet,
}

/// The RSA keys of an issuer, as its JSON Web Key Set has them (RFC 7517).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(into = "String", try_from = "String")]
pub struct KeySet {
    json: String,
    keys: Vec<(Option<String>, PublicKey)>,
}

/// A text is not a JSON Web Key Set with an RSA key in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct InvalidKeySet;

impl FederatedCredential {
    /// Trusts an issuer's tokens about one subject. Their audience has to be
    /// `api://AzureADTokenExchange`, unless [`Self::audience`] says otherwise.
    pub fn new(issuer: impl Into<String>, subject: impl Into<String>, keys: KeySet) -> Self {
        Self {
            issuer: issuer.into(),
            subject: subject.into(),
            audience: usual_audience(),
            jwks: keys,
        }
    }

    /// Expects another audience.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }
}

impl KeySet {
    /// The keys that may have made a signature: those of that id, or without a `kid` all.
    pub(super) fn candidates<'a>(
        &'a self,
        kid: Option<&'a str>,
    ) -> impl Iterator<Item = &'a PublicKey> {
        let fits = move |known: &Option<String>| kid.is_none() || known.as_deref() == kid;
        let keys = self.keys.iter().filter(move |(known, _)| fits(known));
        keys.map(|(_, key)| key)
    }
}

impl TryFrom<String> for KeySet {
    type Error = InvalidKeySet;

    fn try_from(json: String) -> Result<Self, Self::Error> {
        let set: Written = serde_json::from_str(&json).map_err(|_| InvalidKeySet)?;
        let keys: Vec<_> = set.keys.into_iter().filter_map(WrittenKey::read).collect();
        if keys.is_empty() {
            return Err(InvalidKeySet);
        }
        Ok(Self { json, keys })
    }
}

impl From<KeySet> for String {
    fn from(set: KeySet) -> Self {
        set.json
    }
}

impl fmt::Display for InvalidKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no key set: expected JSON with an RSA key in its member 'keys'")
    }
}

impl Error for InvalidKeySet {}

#[derive(Deserialize)]
struct Written {
    keys: Vec<WrittenKey>,
}

#[derive(Deserialize)]
struct WrittenKey {
    kty: String,
    kid: Option<String>,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
}

impl WrittenKey {
    fn read(self) -> Option<(Option<String>, PublicKey)> {
        let number = |text: &str| URL_SAFE_NO_PAD.decode(text).ok().filter(|n| !n.is_empty());
        let key = PublicKey::new(number(&self.n)?, number(&self.e)?);
        (self.kty == "RSA").then_some((self.kid, key))
    }
}

fn usual_audience() -> String {
    "api://AzureADTokenExchange".to_owned()
}
