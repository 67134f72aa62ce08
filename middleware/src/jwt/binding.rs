//! What an access token is bound to (RFC 7800 §3.1).

use serde_json::Value;

use super::claim_set::ClaimSet;
use super::parse::InvalidToken;

/// What whoever shows a token has to prove.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Binding {
    /// That they have the key with this thumbprint (`jkt`, RFC 9449 §6.1).
    Key(String),
    /// That their client certificate has this SHA-256, in base64url (`x5t#S256`, RFC 8705 §3.1).
    Certificate(String),
}

impl Binding {
    /// The binding that claims have, if any. One of another kind cannot be checked, so its token is
    /// refused: without the proof, whoever stole it could use it.
    pub(super) fn of(claims: &impl ClaimSet) -> Result<Option<Self>, InvalidToken> {
        let Some(confirmation) = claims.claim("cnf") else {
            return Ok(None);
        };
        let members = confirmation.as_object().ok_or(InvalidToken::Bound)?;
        let mut each = members.iter();
        match (each.next(), each.next()) {
            (Some((name, Value::String(value))), None) if name == "jkt" => {
                Ok(Some(Self::Key(value.clone())))
            }
            (Some((name, Value::String(value))), None) if name == "x5t#S256" => {
                Ok(Some(Self::Certificate(value.clone())))
            }
            _ => Err(InvalidToken::Bound),
        }
    }
}
