//! The session cookie's value: an id to find the record by, a key to open it with.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroize;

use super::seal::SealKey;
use crate::crypto::random;

/// What finds a session in this process. The store knows only its hash.
pub(crate) type SessionId = [u8; 16];

/// The bearer of a session: 128 bits of id and 256 bits of key, random but for the id's last 32 bits
/// where the app has marked them as its own.
///
/// The key exists in the browser and in memory only: a copied store reads as noise.
#[derive(Clone)]
pub(crate) struct Ticket {
    pub(crate) id: SessionId,
    key: [u8; 32],
}

impl Ticket {
    pub(crate) fn new() -> Self {
        Self {
            id: random(),
            key: random(),
        }
    }

    /// What a mark is of: all but the place that it takes.
    pub(super) fn marked_part(&self) -> [u8; MARKED] {
        let mut part = [0; MARKED];
        let (id, key) = part.split_at_mut(16 - MARK);
        id.copy_from_slice(&self.id[..16 - MARK]);
        key.copy_from_slice(&self.key);
        part
    }

    /// The place of the mark.
    pub(super) fn mark(&mut self) -> &mut [u8] {
        &mut self.id[16 - MARK..]
    }

    /// Reads a cookie value without allocating; `None` unless it has exactly the right form.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let mut bytes = [0; LENGTH];
        if value.len() != ENCODED_LENGTH {
            return None;
        }
        URL_SAFE_NO_PAD.decode_slice(value, &mut bytes).ok()?;
        let (id, key) = bytes.split_at(16);
        Some(Self {
            id: id.try_into().ok()?,
            key: key.try_into().ok()?,
        })
    }

    /// Whether a cookie value may be a ticket, by its length.
    pub(super) fn has_form(value: &str) -> bool {
        value.len() == ENCODED_LENGTH
    }

    /// The cookie value.
    pub(crate) fn encode(&self) -> String {
        let mut bytes = [0; LENGTH];
        bytes[..16].copy_from_slice(&self.id);
        bytes[16..].copy_from_slice(&self.key);
        let text = URL_SAFE_NO_PAD.encode(bytes);
        bytes.zeroize();
        text
    }

    /// Whether both have the same key, in constant time.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.key, &other.key).is_ok()
    }

    /// The key that the session's record is sealed with.
    pub(crate) fn seal_key(&self) -> SealKey {
        SealKey::derive(&self.key, "session record")
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(…)")
    }
}

const LENGTH: usize = 48;
/// Bytes of a mark: enough that of four billion guesses one gets past it.
pub(super) const MARK: usize = 4;
const MARKED: usize = LENGTH - MARK;
const ENCODED_LENGTH: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_survive_the_cookie_and_nothing_else_parses() {
        let ticket = Ticket::new();
        let parsed = Ticket::parse(&ticket.encode()).unwrap();
        assert!(parsed.id == ticket.id && parsed.matches(&ticket));
        assert!(!Ticket::new().matches(&ticket));
        for bad in [
            "",
            "short",
            &"!".repeat(64),
            &"A".repeat(63),
            &"A".repeat(65),
        ] {
            assert!(Ticket::parse(bad).is_none(), "{bad}");
        }
    }
}
