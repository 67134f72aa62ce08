//! The app's credentials at a provider, which are exchanged while it runs.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use super::assertion::AskAssertion;
use super::assertions::Assertions;
use super::proof::{NoProof, Proof};
use crate::blocking;
use crate::config::{ClientAuthentication, ProviderSettings};
use crate::secret::Secret;
use crate::signing_key::SigningKey;
use crate::time::{Clock, Timestamp};

/// The credentials as they stand, and where they are renewed from.
///
/// Files are read again when a request to the provider needs them, every [`CHECK_EVERY`] at most. What they
/// say is compared: their times and lengths tell little. One that cannot be used leaves the old credential in use, and so
/// does a disk that does not answer within [`LOOK_AT_MOST`].
pub(crate) struct Credentials {
    settings: Arc<ClientAuthentication>,
    /// What `client_assertion = "callback"` is about.
    callback: Option<Box<Assertions>>,
    clock: Arc<dyn Clock>,
    current: RwLock<Current>,
    /// The provider took the second secret when it refused the first.
    prefers_second: AtomicBool,
    /// Held while files are looked at, so that a crowd looks once.
    seen: Arc<tokio::sync::Mutex<Seen>>,
    /// Nobody waits for a look that has taken too long already.
    is_hanging: AtomicBool,
    /// What is wrong with the files, so that the last good credential is in use.
    complaint: Mutex<Option<String>>,
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

#[derive(Clone)]
enum Current {
    Public,
    Secrets {
        first: Secret,
        second: Option<Secret>,
    },
    Key(Arc<SigningKey>),
    Assertion(Secret),
    /// There is none: a key that was checked at start cannot be read any more, or a function has it.
    Elsewhere,
}

#[derive(Default)]
struct Seen {
    at: Option<Timestamp>,
    /// What the files said that the credential in use is from, if not what they said at start. What cannot
    /// be used is not kept, so that each look reads it anew: it may become good without another word in it.
    good: Option<ClientAuthentication>,
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
            current: RwLock::new(Current::of(settings).unwrap_or(Current::Elsewhere)),
            settings: Arc::new(settings.clone()),
            clock,
            prefers_second: AtomicBool::new(false),
            seen: Arc::default(),
            is_hanging: AtomicBool::new(false),
            complaint: Mutex::default(),
        }
    }

    /// When the credential in use ends: the certificate says so, of a secret the configuration may.
    pub(crate) fn expiry(&self) -> Option<Expiry> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        match (&*current, &*self.settings) {
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
    pub(crate) async fn complaint(&self) -> Result<Option<String>, Hanging> {
        self.look(false).await?;
        let complaint = self.complaint.lock();
        Ok(complaint.unwrap_or_else(PoisonError::into_inner).clone())
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
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        match (&*current, &*self.settings) {
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

    /// Reads files that have changed, for as long as a request can wait for that.
    async fn look(&self, at_once: bool) -> Result<(), Hanging> {
        if !self.settings.changes() {
            return Ok(());
        }
        let hung = self.is_hanging.load(Ordering::Relaxed);
        if hung && self.seen.try_lock().is_err() {
            return Err(Hanging);
        }
        let looked = tokio::time::timeout(LOOK_AT_MOST, self.look_at_files(at_once)).await;
        let hangs = looked.is_err();
        if hangs && !self.is_hanging.swap(true, Ordering::Relaxed) {
            tracing::error!("the client's credential: {Hanging}");
        } else if !hangs {
            self.is_hanging.store(false, Ordering::Relaxed);
        }
        looked.map_err(|_| Hanging)
    }

    /// Reading blocks, so that a thread for such work does it.
    async fn look_at_files(&self, at_once: bool) {
        let seen = Arc::clone(&self.seen).lock_owned().await;
        let now = Timestamp::now(&*self.clock);
        let recent = seen.at.is_some_and(|at| now.is_within(CHECK_EVERY, at));
        if recent && !at_once {
            return;
        }
        let settings = Arc::clone(&self.settings);
        // The thread has the lock: whoever gives up waiting does not make the next one wait on another
        // thread for a disk that hangs.
        let look = blocking::run("b2c-credential", move || {
            let read = settings.read_again();
            let newer = match read {
                Ok(read) if read == *seen.good.as_ref().unwrap_or(&settings) => Ok(None),
                read => read.and_then(|read| Ok(Some((Current::of(&read)?, read)))),
            };
            (seen, newer)
        });
        let look = look
            .await
            .inspect_err(|error| tracing::error!(%error, "{UNSEEN}"));
        let Ok((mut seen, newer)) = look else {
            return;
        };
        seen.at = Some(now);
        match newer {
            Ok(newer) => {
                if let Some((newer, read)) = newer {
                    tracing::info!("the client's credential has changed and is in use");
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = newer;
                    seen.good = Some(read);
                }
                self.complain(None);
            }
            Err(reason) => self.complain(Some(reason)),
        }
    }
}

impl Credentials {
    /// Tells it to probes, and the log once.
    fn complain(&self, reason: Option<String>) {
        let complaint = self.complaint.lock();
        let mut complaint = complaint.unwrap_or_else(PoisonError::into_inner);
        if let Some(reason) = reason.as_ref().filter(|_| *complaint != reason) {
            tracing::error!(
                reason,
                "the client's changed credential cannot be used; the last good one stays in use"
            );
        }
        *complaint = reason;
    }
}

impl Current {
    /// The credential of these settings; what is wrong with it is said in words.
    fn of(settings: &ClientAuthentication) -> Result<Self, String> {
        Ok(match settings {
            ClientAuthentication::Public => Self::Public,
            ClientAuthentication::Secrets { first, second, .. } => Self::Secrets {
                first: first.value.clone(),
                second: second.as_ref().map(|source| source.value.clone()),
            },
            ClientAuthentication::Key(settings) => Self::Key(Arc::new(settings.signing_key()?)),
            ClientAuthentication::Assertion(source) => Self::Assertion(source.value.clone()),
            ClientAuthentication::Callback => Self::Elsewhere,
        })
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

const UNSEEN: &str = "no thread looks at the client's credential";
/// How long files are taken to be unchanged.
const CHECK_EVERY: Duration = Duration::from_secs(5);
/// How long a request or a probe waits for a disk.
const LOOK_AT_MOST: Duration = Duration::from_millis(900);
