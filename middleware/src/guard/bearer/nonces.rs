//! Nonces for proofs of possession (RFC 9449 §9): a proof with one was not made long before.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::config::SHORTEST_NONCE_SECRET;
use crate::crypto::sha256;
use crate::error::Error;
use crate::secret::Secret;
use crate::time::Timestamp;

/// Makes nonces and knows them again, without remembering any: each is a time and its HMAC, so that all
/// instances with the same secret know each other's.
pub(super) struct Nonces {
    /// What issues them.
    key: hmac::Key,
    /// What other instances may issue with, already or still.
    others: Vec<hmac::Key>,
    /// Those that were in use before, and until when their nonces count.
    earlier: Vec<(hmac::Key, Timestamp)>,
}

impl Nonces {
    /// Issued with the first secret; those of the others count, too.
    pub(super) fn new<'s>(
        first: &Secret,
        others: impl IntoIterator<Item = &'s Secret>,
    ) -> Result<Self, Error> {
        Ok(Self {
            key: key(first)?,
            others: others.into_iter().map(key).collect::<Result<_, _>>()?,
            earlier: Vec::new(),
        })
    }

    /// These from now on, while nonces of `before` are good for as long as they would have been.
    pub(super) fn after(mut self, before: &Self, now: Timestamp) -> Self {
        let last = [&before.key].into_iter().chain(&before.others);
        let last = last.map(|key| (key.clone(), now + LIFETIME));
        let earlier = before.earlier.iter().filter(|(_, until)| now < *until);
        self.earlier = earlier.cloned().chain(last).collect();
        self
    }

    pub(super) fn issue(&self, now: Timestamp) -> String {
        let time = now.0.to_be_bytes();
        let tag = hmac::sign(&self.key, &time);
        URL_SAFE_NO_PAD.encode([&time, tag.as_ref()].concat())
    }

    /// Whether this is one of ours that still counts, and whether the next one should be used soon.
    pub(super) fn judge(&self, nonce: &str, now: Timestamp) -> Verdict {
        self.issued_at(nonce, now)
            .map_or(Verdict::Unknown, |(issued, is_current)| match () {
                () if issued > now + CLOCKS_DIFFER => Verdict::Unknown,
                () if issued > now && is_current => Verdict::Good,
                () if now.is_within(LIFETIME / 2, issued) && is_current => Verdict::Good,
                () if issued > now || now.is_within(LIFETIME, issued) => Verdict::Ageing,
                () => Verdict::Unknown,
            })
    }

    /// When this nonce of ours was issued, and whether by the key that is in use.
    fn issued_at(&self, nonce: &str, now: Timestamp) -> Option<(Timestamp, bool)> {
        let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
        let (time, tag) = bytes.split_first_chunk::<8>()?;
        let is_of = |key: &hmac::Key| hmac::verify(key, time, tag).is_ok();
        let is_current = is_of(&self.key);
        let mut earlier = self.earlier.iter().filter(|(_, until)| now < *until);
        let is_ours =
            is_current || self.others.iter().any(is_of) || earlier.any(|(key, _)| is_of(key));
        is_ours.then(|| (Timestamp(u64::from_be_bytes(*time)), is_current))
    }
}

fn key(secret: &Secret) -> Result<hmac::Key, Error> {
    let length = secret.expose().chars().count();
    if length < SHORTEST_NONCE_SECRET {
        return Err(Error::dpop_nonces(format!(
            "it has {length} characters; {SHORTEST_NONCE_SECRET} random ones at least are needed"
        )));
    }
    let text = Zeroizing::new(format!("tower-b2c dpop nonce {}", secret.expose()));
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &sha256(text.as_bytes())))
}

/// What a nonce is worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Good,
    Ageing,
    Unknown,
}

/// How far ahead the clock of the instance may be that issued a nonce: in whole seconds already a
/// moment makes one.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);
/// How long a nonce counts.
const LIFETIME: Duration = Duration::from_secs(300);
