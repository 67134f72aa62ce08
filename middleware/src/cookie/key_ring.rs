//! The app's own keys: the first seals, all open, and they are exchanged while the app runs.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;

use super::key_files::KeyFiles;
use super::seal::{SealKey, derive};
use super::ticket::{MARK, Ticket};
use crate::config::CookieKeys;
use crate::crypto::random;
use crate::secret::Secret;

/// What the app seals with the keys of `session.cookie_keys`. Each use has keys of its own, derived
/// by HKDF with its label; `docs/sessions.md` lists them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyUse {
    Transaction,
    SignOut,
    Summary,
    Session,
    AppToken,
}

impl KeyUse {
    /// In the order of their discriminants.
    pub(crate) const ALL: [Self; 5] = [
        Self::Transaction,
        Self::SignOut,
        Self::Summary,
        Self::Session,
        Self::AppToken,
    ];

    /// HKDF's `info` (RFC 5869 §3.2).
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Transaction => "transaction cookie",
            Self::SignOut => "sign-out cookie",
            Self::Summary => "session summary",
            Self::Session => "session cookie",
            Self::AppToken => "app token",
        }
    }
}

/// The keys as they stand, and where newer ones come from.
pub(crate) struct KeyRing {
    pub(super) files: KeyFiles,
    current: RwLock<Arc<Keys>>,
}

/// One state of the ring.
struct Keys {
    secrets: Vec<Secret>,
    /// For each secret, in their order, the keys of every use.
    derived: Vec<[SealKey; KeyUse::ALL.len()]>,
    /// For each secret what marks tickets.
    marks: Vec<hmac::Key>,
    /// Counts the exchanges.
    generation: u64,
}

impl KeyRing {
    /// The ring of the configuration; without any key one that is random, and ends with the process.
    pub(crate) fn new(sources: &CookieKeys) -> Arc<Self> {
        let mut secrets = sources.values();
        if secrets.is_empty() {
            tracing::info!(
                "session.cookie_key is not set: sign-ins that are under way do not survive a \
                 restart and must end on the instance where they began"
            );
            let noise = random::<32>().map(|byte| format!("{byte:02x}"));
            secrets.push(Secret::new(noise.concat()));
        }
        Arc::new(Self {
            files: KeyFiles::new(sources),
            current: RwLock::new(Arc::new(Keys::derive(secrets, 0))),
        })
    }

    /// A ring of one key that never changes.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn of(key: &str) -> Arc<Self> {
        Self::new(&CookieKeys::of(key))
    }

    /// A fresh ticket, marked as the app's own.
    pub(crate) fn new_ticket(&self) -> Ticket {
        let mut ticket = Ticket::new();
        if let Some(first) = self.current().marks.first() {
            let mark = hmac::sign(first, &ticket.marked_part());
            ticket.mark().copy_from_slice(&mark.as_ref()[..MARK]);
        }
        ticket
    }

    /// Whether a ticket has the mark of one of the keys.
    pub(crate) fn has_marked(&self, ticket: &Ticket) -> bool {
        let part = ticket.marked_part();
        self.current().marks.iter().any(|key| {
            let mark = hmac::sign(key, &part);
            let (mark, found) = (&mark.as_ref()[..MARK], &ticket.id[ticket.id.len() - MARK..]);
            verify_slices_are_equal(mark, found).is_ok()
        })
    }

    /// Seals with the first key.
    pub(crate) fn seal(&self, for_use: KeyUse, context: &[u8], text: &[u8]) -> Vec<u8> {
        let keys = self.current();
        let mut keys = keys.of(for_use);
        let first = keys.next().map(|key| key.seal(context, text));
        // A ring is never empty.
        first.unwrap_or_default()
    }

    /// Opens what any of the keys sealed for this use.
    pub(crate) fn open(&self, for_use: KeyUse, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let opened = self.open_noting(for_use, context, sealed);
        opened.map(|(text, _)| text)
    }

    /// As [`open`](Self::open), and tells whether it was the first key, which seals now.
    pub(crate) fn open_noting(
        &self,
        for_use: KeyUse,
        context: &[u8],
        sealed: &[u8],
    ) -> Option<(Vec<u8>, bool)> {
        let keys = self.current();
        let mut keys = keys.of(for_use).enumerate();
        keys.find_map(|(index, key)| Some((key.open(context, sealed)?, index == 0)))
    }

    /// Changes when the keys are exchanged: what was opened before counts no longer.
    pub(crate) fn generation(&self) -> u64 {
        self.current().generation
    }

    /// Has others from now on; tells whether they differ.
    pub(super) fn exchange(&self, secrets: Vec<Secret>) -> bool {
        let present = self.current();
        if secrets.is_empty() || present.are(&secrets) {
            return false;
        }
        let keys = Keys::derive(secrets, present.generation + 1);
        tracing::info!(keys = keys.secrets.len(), "the cookie keys were exchanged");
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        true
    }

    fn current(&self) -> Arc<Keys> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing(…)")
    }
}

impl Keys {
    fn derive(secrets: Vec<Secret>, generation: u64) -> Self {
        let of_all_uses = |secret: &Secret| {
            let secret = secret.expose().as_bytes();
            KeyUse::ALL.map(|for_use| SealKey::derive(secret, for_use.label()))
        };
        let mark = |secret: &Secret| {
            let key = derive(secret.expose().as_bytes(), TICKET_MARK);
            hmac::Key::new(hmac::HMAC_SHA256, &key)
        };
        Self {
            marks: secrets.iter().map(mark).collect(),
            derived: secrets.iter().map(of_all_uses).collect(),
            secrets,
            generation,
        }
    }

    fn of(&self, for_use: KeyUse) -> impl Iterator<Item = &SealKey> {
        self.derived.iter().map(move |keys| &keys[for_use as usize])
    }

    fn are(&self, secrets: &[Secret]) -> bool {
        let same = |(one, other): (&Secret, &Secret)| {
            let (one, other) = (one.expose().as_bytes(), other.expose().as_bytes());
            verify_slices_are_equal(one, other).is_ok()
        };
        self.secrets.len() == secrets.len() && self.secrets.iter().zip(secrets).all(same)
    }
}

/// HKDF's `info` for the key of the marks in tickets (HMAC-SHA256, cut to 32 bits).
const TICKET_MARK: &str = "ticket mark";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_every_use_with_its_label() {
        let page = include_str!("../../docs/sessions.md");
        let rows: Vec<_> = page
            .lines()
            .filter(|line| line.starts_with("| `"))
            .collect();
        let listed = |label: &str| {
            rows.iter()
                .any(|row| row.starts_with(&format!("| `{label}` |")))
        };
        for (index, for_use) in KeyUse::ALL.into_iter().enumerate() {
            assert_eq!(for_use as usize, index, "derived keys are found by it");
            assert!(listed(for_use.label()), "{}", for_use.label());
        }
        assert!(listed("session record"), "of the ticket's own key");
        assert!(listed(TICKET_MARK));
        assert_eq!(rows.len(), KeyUse::ALL.len() + 2, "{rows:?}");
    }
}
