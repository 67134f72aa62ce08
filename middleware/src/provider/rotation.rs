//! The credential in use, and the files that exchange it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;

use crate::config::ClientAuthentication;
use crate::files::{Looks, Unseen};
use crate::secret::Secret;
use crate::signing_key::SigningKey;
use crate::time::Timestamp;

/// The credential as it stands, and what its files have said.
pub(super) struct Rotation {
    pub(super) settings: Arc<ClientAuthentication>,
    current: RwLock<Current>,
    looks: Looks,
    /// Held while files are looked at, so that a crowd looks once; when that was begun the last time.
    turn: Arc<tokio::sync::Mutex<Option<Timestamp>>>,
    /// What the files said that the credential in use is from, if not what they said at start. What cannot
    /// be used is not kept, so that each look reads it anew: it may become good without another word in it.
    good: Mutex<Option<ClientAuthentication>>,
    /// Why the files bring nothing, so that the last good credential is in use.
    complaint: Mutex<Option<Complaint>>,
}

#[derive(Clone)]
pub(super) enum Current {
    Public,
    Secrets {
        first: Secret,
        second: Option<Secret>,
    },
    Key(Arc<SigningKey>),
    Assertion(Secret),
    /// There is none: a function has it.
    Elsewhere,
}

/// Why files with a credential bring nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Complaint {
    /// What they say is of no use.
    Unusable(String),
    /// Nobody could look at them.
    Unseen(String),
}

/// What was found in files; nothing if that is in use.
type Found = Result<Option<(Current, ClientAuthentication)>, String>;

impl Rotation {
    pub(super) fn new(settings: &ClientAuthentication) -> Self {
        Self {
            current: RwLock::new(Current::of(settings).unwrap_or(Current::Elsewhere)),
            settings: Arc::new(settings.clone()),
            looks: Looks::new("b2c-credential"),
            turn: Arc::default(),
            good: Mutex::default(),
            complaint: Mutex::default(),
        }
    }

    pub(super) fn current(&self) -> Current {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn complaint(&self) -> Option<Complaint> {
        self.complaints().clone()
    }

    /// Whether somebody looks at the files now.
    pub(super) fn is_looked_at(&self) -> bool {
        self.turn.try_lock().is_err()
    }

    /// Looks at the files, unless somebody has in the last [`CHECK_EVERY`]. Whoever gives up waiting for it
    /// leaves it to itself: what it comes to is in use then.
    pub(super) async fn look(self: &Arc<Self>, now: Timestamp, at_once: bool) {
        let mut turn = Arc::clone(&self.turn).lock_owned().await;
        let recent = turn.is_some_and(|at| now.is_within(CHECK_EVERY, at));
        if recent && !at_once {
            return;
        }
        *turn = Some(now);
        // It fails with the runtime only, which ends.
        let _ = tokio::spawn(look_at_files(Arc::clone(self), turn)).await;
    }

    /// What the files say, if it is not what is in use.
    fn find(settings: &ClientAuthentication, good: Option<&ClientAuthentication>) -> Found {
        let read = settings.read_again()?;
        if read == *good.unwrap_or(settings) {
            return Ok(None);
        }
        Ok(Some((Current::of(&read)?, read)))
    }

    fn take_over(&self, found: Result<Found, Unseen>) {
        let complaint = match found {
            Ok(Ok(newer)) => {
                if let Some((current, read)) = newer {
                    tracing::info!("the client's credential has changed and is in use");
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
                    *self.good.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
                }
                None
            }
            Ok(Err(reason)) => Some(Complaint::Unusable(reason)),
            Err(unseen) => Some(Complaint::Unseen(unseen.to_string())),
        };
        self.complain(complaint);
    }

    /// Tells it to probes, and the log once.
    fn complain(&self, complaint: Option<Complaint>) {
        let mut told = self.complaints();
        if *told == complaint {
            return;
        }
        match &complaint {
            None => {}
            Some(Complaint::Unusable(reason)) => tracing::error!(
                reason,
                "the client's changed credential cannot be used; the last good one stays in use"
            ),
            Some(Complaint::Unseen(reason)) => tracing::error!(
                reason,
                "the client's credential cannot be looked at; the last good one stays in use"
            ),
        }
        *told = complaint;
    }

    fn complaints(&self) -> MutexGuard<'_, Option<Complaint>> {
        let complaint = self.complaint.lock();
        complaint.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at the files, for as long as the turn is held.
async fn look_at_files(rotation: Arc<Rotation>, turn: OwnedMutexGuard<Option<Timestamp>>) {
    let settings = Arc::clone(&rotation.settings);
    let good = rotation.good.lock();
    let good = good.unwrap_or_else(PoisonError::into_inner).clone();
    // A thread that hangs keeps these, and nothing else.
    let look = move || Rotation::find(&settings, good.as_ref());
    let found = rotation.looks.look(look).await;
    rotation.take_over(found);
    drop(turn);
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

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(reason) => write!(
                f,
                "its file has changed to what cannot be used ({reason}); the last good one is in use"
            ),
            Self::Unseen(reason) => write!(
                f,
                "its file cannot be looked at ({reason}); the last good one is in use"
            ),
        }
    }
}

/// How long files are taken to be unchanged.
const CHECK_EVERY: Duration = Duration::from_secs(5);
