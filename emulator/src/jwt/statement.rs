use serde::Deserialize;

use super::{KeyRing, Unverified, verify::genuine};

/// A token of the emulator whose signature is right; nothing else has been checked.
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
}

impl Statement {
    pub(crate) fn read(token: &str, keys: &KeyRing) -> Result<Self, Unverified> {
        genuine(token, keys)
    }
}
