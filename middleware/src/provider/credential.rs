//! The app's credentials at a provider, which are exchanged while it runs.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::assertion::AskAssertion;
use super::assertions::Assertions;
use super::proof::{NoProof, Proof};
use super::rotation::{Complaint, Current, Rotation};
use crate::config::{ClientAuthentication, ProviderSettings};
use crate::time::{Clock, Timestamp};

/// The credentials as they stand, and where they are renewed from.
///
/// Files are read again when a request to the provider needs them, every five seconds at most. What they say
/// is compared: their times and lengths tell little. What cannot be used leaves the old credential in use, and
/// so does a disk that does not answer within [`LOOK_AT_MOST`].
pub(crate) struct Credentials {
    rotation: Arc<Rotation>,
    /// What `client_assertion = "callback"` is about.
    callback: Option<Box<Assertions>>,
    clock: Arc<dyn Clock>,
    /// The provider took the second secret when it refused the first.
    prefers_second: AtomicBool,
    /// Nobody waits for a look that has taken too long already.
    is_hanging: AtomicBool,
}

/// The disk with a credential's files does not answer; the last good credential is in use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Hanging;

/// When a credential ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expiry {
    /// `certificate` or `secret`.
    pub(crate) of: &'static str,
    pub(crate) at: Timestamp,
}

impl Credentials {
    pub(super) fn new(
        provider: &ProviderSettings,
        ask: Option<&AskAssertion>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let settings = &provider.client_authentication;
        let ask = ask.filter(|_| provider.asks_app());
        Self {
            callback: ask
                .map(|ask| Box::new(Assertions::new(ask.clone(), provider, Arc::clone(&clock)))),
            rotation: Arc::new(Rotation::new(settings)),
            clock,
            prefers_second: AtomicBool::new(false),
            is_hanging: AtomicBool::new(false),
        }
    }

    /// When the credential in use ends: the certificate says so, of a secret the configuration may.
    pub(crate) fn expiry(&self) -> Option<Expiry> {
        let current = self.rotation.current();
        match (&current, &*self.rotation.settings) {
            (Current::Key(key), _) => key.certificate_ends().map(|at| Expiry {
                of: "certificate",
                at,
            }),
            (Current::Secrets { .. }, ClientAuthentication::Secrets { expires, .. }) => {
                expires.map(|at| Expiry { of: "secret", at })
            }
            _ => None,
        }
    }

    /// What is wrong with a file that was to bring a newer credential. It is looked at first, as
    /// before a request to the provider.
    pub(crate) async fn complaint(&self) -> Result<Option<Complaint>, Hanging> {
        self.look(false).await?;
        Ok(self.rotation.complaint())
    }

    /// What to prove the app with now: the last good credential, where files cannot be looked at in time.
    pub(crate) async fn proof(&self) -> Result<Proof, NoProof> {
        if let Some(assertions) = &self.callback {
            let token = assertions.token(None).await;
            return token.map(Proof::Assertion).map_err(NoProof::Assertion);
        }
        let _ = self.look(false).await;
        let mut proofs = self.proofs();
        if proofs.len() > 1 && self.prefers_second.load(Ordering::Relaxed) {
            proofs.swap(0, 1);
        }
        proofs.into_iter().next().ok_or(NoProof::Unusable)
    }

    /// What else to try when the provider did not accept `refused`: a file's newer contents, or the
    /// other of two secrets; or another assertion.
    pub(crate) async fn other(&self, refused: &Proof) -> Option<Proof> {
        if let (Some(assertions), Proof::Assertion(token)) = (&self.callback, refused) {
            let another = assertions.token(Some(token)).await.map(Proof::Assertion);
            return another.ok().filter(|proof| !proof.is(refused));
        }
        let _ = self.look(true).await;
        let proofs = self.proofs().into_iter();
        let mut others = proofs.enumerate().filter(|(_, proof)| !proof.is(refused));
        let (index, other) = others.next()?;
        self.prefers_second.store(index == 1, Ordering::Relaxed);
        Some(other)
    }

    fn proofs(&self) -> Vec<Proof> {
        let current = self.rotation.current();
        match (&current, &*self.rotation.settings) {
            (Current::Public, _) => vec![Proof::Public],
            (Current::Secrets { first, second }, ClientAuthentication::Secrets { basic, .. }) => {
                let secrets = [Some(first), second.as_ref()]
                    .into_iter()
                    .flatten()
                    .cloned();
                let proof = if *basic { Proof::Basic } else { Proof::Post };
                secrets.map(proof).collect()
            }
            (Current::Key(key), ClientAuthentication::Key(settings)) => {
                vec![Proof::Key(Arc::clone(key), settings.clone())]
            }
            (Current::Assertion(token), _) => vec![Proof::Assertion(token.clone())],
            _ => Vec::new(),
        }
    }

    /// Looks at the files, for as long as a request can wait for that. What comes of it later is for later
    /// requests.
    async fn look(&self, at_once: bool) -> Result<(), Hanging> {
        let rotation = &self.rotation;
        if !rotation.settings.changes() {
            return Ok(());
        }
        if self.is_hanging.load(Ordering::Relaxed) && rotation.is_looked_at() {
            return Err(Hanging);
        }
        let look = rotation.look(Timestamp::now(&*self.clock), at_once);
        let looked = tokio::time::timeout(LOOK_AT_MOST, look).await;
        let hangs = looked.is_err();
        let hung = self.is_hanging.swap(hangs, Ordering::Relaxed);
        // What is complained of is in the log.
        if hangs && !hung && rotation.complaint().is_none() {
            tracing::error!("the client's credential: {Hanging}");
        }
        looked.map_err(|_| Hanging)
    }
}

impl fmt::Display for Hanging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "its file could not be looked at within {} ms; the last good one is in use",
            LOOK_AT_MOST.as_millis()
        )
    }
}

impl std::error::Error for Hanging {}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// How long a request or a probe waits for a disk.
const LOOK_AT_MOST: Duration = Duration::from_millis(900);
