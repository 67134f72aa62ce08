//! What is known about a signed-in user, and its sealed form.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::authentication::Authentication;
use super::claims::Claims;
use super::origin::Origin;
use super::store::SessionKey;
use crate::cookie::{SealKey, Ticket};
use crate::format::Unread;
use crate::secret::Secret;
use crate::time::Timestamp;

/// The contents of one session.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Record {
    /// The ID token's claims, with `edited` over them.
    pub(crate) claims: Claims,
    /// Claims from the edit-profile flow. B2C repeats the claims of the original sign-in at every
    /// refresh, so what the user changed since is laid over them again.
    pub(crate) edited: Map<String, Value>,
    /// The provider that signed the user in.
    pub(crate) provider: String,
    /// In B2C the user flow of the sign-in.
    pub(crate) user_flow: Option<String>,
    pub(crate) signed_in_at: Timestamp,
    /// The absolute end, however busy the session is.
    pub(crate) expires_at: Timestamp,
    /// Until when what the session is bound to lasts (`session.bound_to`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bound_until: Option<Timestamp>,
    pub(crate) grant: Option<Grant>,
    pub(crate) tokens: Vec<CachedToken>,
    /// Scopes that were asked for at sign-in and not granted; asking again would loop.
    pub(crate) ungranted: Vec<String>,
    #[serde(default)]
    pub(crate) origin: Origin,
    /// What the user went through in this session, the latest last.
    #[serde(default)]
    pub(crate) authentications: Vec<Authentication>,
    /// A refresh has failed, and none is tried for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_pause: Option<RefreshPause>,
    /// Fields of a newer version of the app, which come through a change that this one makes.
    #[serde(flatten)]
    pub(crate) unknown: Map<String, Value>,
}

/// How long no instance asks the provider for a session's tokens.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct RefreshPause {
    pub(crate) until: Timestamp,
    /// Whether the provider said so (`Retry-After`).
    pub(crate) asked_for: bool,
}

/// A refresh token; in B2C only the user flow that issued it takes it back.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Grant {
    pub(crate) user_flow: Option<String>,
    pub(crate) refresh_token: Secret,
    pub(crate) expires_at: Option<Timestamp>,
}

/// An access token with what it is good for.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct CachedToken {
    pub(crate) scopes: Vec<String>,
    pub(crate) token: Secret,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// When the provider wants it to be replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_at: Option<Timestamp>,
    /// The claims challenge that it was asked for with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) claims: Option<String>,
}

impl Record {
    /// The user's identifier at the provider.
    pub(crate) fn subject(&self) -> Option<&str> {
        self.claims.subject()
    }

    /// Whether two sessions are one user's: a `sub` means something only at its own provider.
    pub(crate) fn is_same_user(&self, other: &Self) -> bool {
        let subject = self.subject();
        subject.is_some() && self.provider == other.provider && subject == other.subject()
    }

    /// Takes over what the same user's previous session still has: tokens for other APIs, steps up.
    pub(crate) fn inherit(&mut self, previous: &Self, now: Timestamp) {
        if !self.is_same_user(previous) {
            return;
        }
        self.inherit_authentications(previous);
        let current = &self.tokens;
        let superseded = |old: &CachedToken| {
            current
                .iter()
                .any(|new| old.scopes.iter().all(|scope| new.scopes.contains(scope)))
        };
        let kept = previous
            .tokens
            .iter()
            .filter(|old| old.expires_at > now && !superseded(old));
        let kept: Vec<_> = kept.cloned().collect();
        self.tokens.extend(kept);
    }

    /// Lays changed claims over those of the sign-in.
    pub(crate) fn apply_edits(&mut self) {
        self.claims.overlay(&self.edited);
    }

    /// Gives back the room that lists have for more: the record stays in memory as it is.
    pub(super) fn trimmed(mut self) -> Self {
        for token in &mut self.tokens {
            token.scopes.shrink_to_fit();
        }
        self.tokens.shrink_to_fit();
        self.ungranted.shrink_to_fit();
        self.authentications.shrink_to_fit();
        self
    }

    /// The sealed form, for the store.
    pub(crate) fn seal(&self, ticket: &Ticket) -> Vec<u8> {
        ticket.seal_key().seal(&context(ticket), &self.to_text())
    }

    /// What is sealed.
    pub(super) fn to_text(&self) -> Vec<u8> {
        let mut text = vec![FORMAT];
        // Strings, numbers and maps with text keys always serialize.
        text.extend(serde_json::to_vec(self).unwrap_or_default());
        text
    }

    pub(super) fn from_text(text: &[u8]) -> Result<Self, Unread> {
        let (&format, text) = text.split_first().ok_or(Unread::Garbled)?;
        if format > FORMAT {
            return Err(Unread::Newer);
        }
        serde_json::from_slice(text).map_err(|_| Unread::Garbled)
    }

    /// Opens a sealed record with the ticket that it belongs to.
    pub(crate) fn open(sealed: &[u8], ticket: &Ticket) -> Result<Self, Unread> {
        let key: SealKey = ticket.seal_key();
        let text = key.open(&context(ticket), sealed).ok_or(Unread::Sealed)?;
        Self::from_text(&text)
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Record(…)")
    }
}

/// Binds a record to its place in the store, so that records cannot be swapped there.
fn context(ticket: &Ticket) -> [u8; 32] {
    *SessionKey::of(&ticket.id).as_bytes()
}

/// Goes up when older versions could not make sense of the rest (see [`format`](crate::format)).
const FORMAT: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_older_and_newer_versions_are_told_apart() {
        let ticket = Ticket::new();
        let of_format = |format: u8, text: &str| {
            let text = [&[format], text.as_bytes()].concat();
            ticket.seal_key().seal(&context(&ticket), &text)
        };
        let text = r#"{"claims":{"sub":"ada"},"edited":{},"provider":"default","user_flow":null,
            "signed_in_at":1,"expires_at":2,"grant":null,"tokens":[],"ungranted":[]}"#;
        let refused = |sealed: &[u8]| Record::open(sealed, &ticket).err();
        assert_eq!(refused(&of_format(FORMAT, text)), None);
        assert_eq!(refused(&of_format(FORMAT + 1, text)), Some(Unread::Newer));
        assert_eq!(refused(&of_format(FORMAT, "{}")), Some(Unread::Garbled));
        assert_eq!(
            refused(text.as_bytes()),
            Some(Unread::Sealed),
            "in the clear"
        );

        // A field more is no new format, and comes through a change of this version's.
        let more = text.replacen('{', "{\"badge\":[7],", 1);
        let record = Record::open(&of_format(FORMAT, &more), &ticket).unwrap();
        let again = Record::open(&record.seal(&ticket), &ticket).unwrap();
        assert_eq!(again.unknown["badge"], serde_json::json!([7]));
    }
}
