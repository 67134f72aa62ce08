//! Who the connections of a store are, by a token that is replaced before it ends.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::tokens::{RedisToken, RedisTokens};
use crate::crypto::random;

/// A user whose password is a token: the one that is good at present, for all connections.
pub(super) struct Identity {
    pub(super) user: String,
    source: Arc<dyn RedisTokens>,
    known: watch::Sender<Known>,
    /// The task that asks the source, once somebody has wanted a token.
    asking: Mutex<Option<JoinHandle<()>>>,
}

/// What the source has answered.
#[derive(Clone, Default)]
pub(super) struct Known {
    token: Option<RedisToken>,
    /// Why the last attempt was in vain, and how often in a row.
    failure: Option<String>,
    failures: u32,
}

impl Identity {
    pub(super) fn new(user: String, source: Arc<dyn RedisTokens>) -> Arc<Self> {
        Arc::new(Self {
            user,
            source,
            known: watch::Sender::default(),
            asking: Mutex::default(),
        })
    }

    /// The present token; the reason if there is none to be had. The caller sees to the time.
    pub(super) async fn token(self: &Arc<Self>) -> Result<RedisToken, String> {
        let mut known = self.follow();
        // The sender is a part of this.
        let known = known.wait_for(Known::is_settled).await;
        let known = known.map_err(|error| error.to_string())?;
        match (known.usable(), &known.failure) {
            (Some(token), _) => Ok(token.clone()),
            (None, reason) => Err(reason.clone().unwrap_or_default()),
        }
    }

    /// What becomes known from here on.
    pub(super) fn follow(self: &Arc<Self>) -> watch::Receiver<Known> {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        // It ends with the runtime that it was on.
        if asking.as_ref().is_none_or(JoinHandle::is_finished) {
            *asking = Some(tokio::spawn(ask(Arc::downgrade(self))));
        }
        self.known.subscribe()
    }

    /// Asks the source once, and returns how long what it said is good enough.
    async fn renew(&self) -> Pause {
        let answer = tokio::time::timeout(PATIENCE, self.source.token()).await;
        let answer = match answer {
            Ok(answer) => answer.map_err(|error| error.reason()),
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        };
        let answer = answer.and_then(|token| match left(&token) {
            Duration::ZERO => Err("the token that was issued has ended already".to_owned()),
            left => Ok((token, left)),
        });
        match answer {
            Ok((token, left)) => {
                let ends_in = left.as_secs();
                tracing::debug!(user = self.user, ends_in, "a token for Redis was issued");
                self.known.send_modify(|known| {
                    if known.failures > 0 {
                        tracing::info!(user = self.user, "tokens for Redis are issued again");
                    }
                    *known = Known {
                        token: Some(token),
                        ..Known::default()
                    };
                });
                Pause((left * 3 / 4).max(SHORTEST_PAUSE))
            }
            Err(reason) => {
                let mut pause = LONGEST_PAUSE;
                self.known.send_modify(|known| {
                    known.failures = known.failures.saturating_add(1);
                    pause = pause_after(known.failures);
                    let ends_in = known.usable().map(|token| left(token).as_secs());
                    tracing::warn!(
                        user = self.user,
                        reason,
                        attempts = known.failures,
                        ends_in,
                        "no new token for Redis; its connections stay until the last one ends"
                    );
                    known.failure = Some(format!("no token for Redis: {reason}"));
                });
                Pause(pause)
            }
        }
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        let asking = self.asking.get_mut();
        if let Some(asking) = asking.unwrap_or_else(PoisonError::into_inner).take() {
            asking.abort();
        }
    }
}

impl Known {
    /// The last token, unless it has ended.
    pub(super) fn usable(&self) -> Option<&RedisToken> {
        self.token.as_ref().filter(|token| !left(token).is_zero())
    }

    fn is_settled(&self) -> bool {
        self.usable().is_some() || self.failure.is_some()
    }
}

/// Until the source is asked again.
struct Pause(Duration);

impl Pause {
    /// In steps by the system's clock, which goes on while a machine sleeps.
    async fn pass(self) {
        let end = SystemTime::now() + self.0;
        while let Ok(left) = end.duration_since(SystemTime::now()) {
            // A clock that was set back makes nothing longer.
            tokio::time::sleep(left.min(STEP).min(self.0)).await;
        }
    }
}

async fn ask(identity: Weak<Identity>) {
    while let Some(identity) = identity.upgrade() {
        let pause = identity.renew().await;
        drop(identity);
        pause.pass().await;
    }
}

/// How long a token is still good.
fn left(token: &RedisToken) -> Duration {
    let left = token.expires_at.duration_since(SystemTime::now());
    left.unwrap_or_default()
}

/// Twice as long each time, and of several instances each another one.
pub(super) fn pause_after(failures: u32) -> Duration {
    let longest = SHORTEST_PAUSE * 2_u32.saturating_pow(failures.saturating_sub(1).min(10));
    let longest = longest.min(LONGEST_PAUSE);
    let [byte] = random::<1>();
    longest / 2 + longest / 2 * u32::from(byte) / 255
}

/// How long the source may take.
const PATIENCE: Duration = Duration::from_secs(15);
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const STEP: Duration = Duration::from_secs(15);
