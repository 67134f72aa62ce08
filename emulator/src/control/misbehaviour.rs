use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::address::Endpoint;

/// Something that a healthy B2C would not do.
///
/// The first five work on every [`Endpoint`], the others change the tokens of
/// [`Endpoint::Token`]. Several can be active at once; they last until
/// [`Emulator::behave`](crate::Emulator::behave).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Answers with this HTTP status and no useful body.
    Status(u16),
    /// Answers 200 with an HTML page, as a proxy in between would.
    Html,
    /// Does its work, but sends only the first half of the answer.
    TruncatedJson,
    /// Waits before it starts to work.
    Delay(Duration),
    /// Takes the request and never answers.
    Hang,
    /// Tokens name another issuer.
    WrongIssuer,
    /// Tokens are meant for another audience.
    WrongAudience,
    /// Tokens carry another nonce.
    WrongNonce,
    /// Tokens name another user flow (`tfp`).
    WrongPolicy,
    /// The signature of the tokens does not match.
    BadSignature,
    /// Tokens name a key that the key set does not list.
    UnknownKid,
    /// Tokens expired an hour ago.
    Expired,
    /// Tokens are not signed at all (`alg: none`).
    AlgNone,
    /// The answer has no `id_token`.
    NoIdToken,
    /// The answer has no `access_token`.
    NoAccessToken,
    /// `expires_in` and its like are strings, as older B2C tenants send them.
    NumbersAsStrings,
}

/// The misbehaviours of one endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct Misbehaviours(Vec<Misbehaviour>);

/// The misbehaviours of every endpoint.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: Mutex<HashMap<Endpoint, Misbehaviours>>,
}

impl Misbehaviours {
    pub(crate) fn has(&self, misbehaviour: &Misbehaviour) -> bool {
        self.0.contains(misbehaviour)
    }

    pub(crate) fn delay(&self) -> Duration {
        self.0
            .iter()
            .map(|misbehaviour| match misbehaviour {
                Misbehaviour::Delay(delay) => *delay,
                _ => Duration::ZERO,
            })
            .sum()
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.0.iter().find_map(|misbehaviour| match misbehaviour {
            Misbehaviour::Status(status) => Some(*status),
            _ => None,
        })
    }
}

impl Faults {
    pub(crate) fn add(&self, endpoint: Endpoint, misbehaviour: Misbehaviour) {
        self.lock()
            .entry(endpoint)
            .or_default()
            .0
            .push(misbehaviour);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn of(&self, endpoint: Option<Endpoint>) -> Misbehaviours {
        endpoint
            .and_then(|endpoint| self.lock().get(&endpoint).cloned())
            .unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Endpoint, Misbehaviours>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
