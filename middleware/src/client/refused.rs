//! APIs that take no token, however new.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::config::Downstream;
use crate::crypto::sha256;
use crate::time::Timestamp;
use crate::tokens::{AccessToken, ClaimsChallenge};

/// The tokens that each API refused although they had just taken the place of refused ones, in this
/// process and up to a bound: another one would fare no better.
#[derive(Default)]
pub(super) struct Refused(Mutex<HashMap<[u8; 32], Timestamp>>);

impl Refused {
    /// The API refuses a token that was fetched for it because of a refusal.
    pub(super) fn note(
        &self,
        api: &Downstream,
        token: &AccessToken,
        challenge: Option<&ClaimsChallenge>,
        now: Timestamp,
    ) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= MOST {
            refused.retain(|_, since| now.is_within(PAUSE, *since));
        }
        // One that is not remembered costs a token request more, and no more than that.
        if refused.len() < MOST {
            refused.insert(id(api, token, challenge), now);
        }
    }

    /// Whether this token was refused like that less than [`PAUSE`] ago.
    pub(super) fn is_noted(
        &self,
        api: &Downstream,
        token: &AccessToken,
        challenge: Option<&ClaimsChallenge>,
        now: Timestamp,
    ) -> bool {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.is_empty() {
            return false;
        }
        let since = refused.get(&id(api, token, challenge));
        since.is_some_and(|since| now.is_within(PAUSE, *since))
    }
}

/// An API that asks for other claims is answered, and what one refuses another may take.
fn id(api: &Downstream, token: &AccessToken, challenge: Option<&ClaimsChallenge>) -> [u8; 32] {
    let claims = challenge.map_or("", ClaimsChallenge::as_json);
    // A length before each: no name can pass for another one with the beginning of the claims.
    let name = api.name();
    let (lengths, secret) = ((name.len(), claims.len()), token.secret());
    sha256(format!("{lengths:?} {name} {claims} {secret}").as_bytes())
}

/// How long no token is fetched in place of one that is itself such a replacement.
const PAUSE: Duration = Duration::from_secs(60);
/// Some 500 KB.
const MOST: usize = 10_000;
