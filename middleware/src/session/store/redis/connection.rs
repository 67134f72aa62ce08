//! One connection for all requests, opened once for all that wait for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::PushKind;
use redis::aio::MultiplexedConnection;
use tokio::sync::watch;
use tokio::time::Instant;

use super::opener::{Opened, Opener};

/// The connection that requests share. While the server is away it is tried in growing pauses, and
/// in between nobody waits for it.
pub(super) struct Shared {
    opener: Arc<Opener>,
    current: Arc<Mutex<Current>>,
}

struct Current {
    state: State,
    /// Which connection it is, so that one that broke is given up once.
    number: u64,
    /// How often in a row it could not be opened, and why at last.
    failures: u32,
    reason: String,
}

enum State {
    Closed { until: Instant },
    Opening(watch::Receiver<()>),
    Open(Opened),
}

impl Shared {
    pub(super) fn new(opener: Arc<Opener>) -> Self {
        let current = Current {
            state: State::Closed {
                until: Instant::now(),
            },
            number: 0,
            failures: 0,
            reason: String::new(),
        };
        Self {
            opener,
            current: Arc::new(Mutex::new(current)),
        }
    }

    /// The connection and its number; the reason if there is none to be had at present.
    pub(super) async fn get(&self) -> Result<(MultiplexedConnection, u64), String> {
        let mut opening = {
            let mut current = look(&self.current);
            match &current.state {
                State::Open(open) => return Ok((open.connection.clone(), current.number)),
                // Whoever opens may have ended with the runtime that it was on.
                State::Opening(done) if done.has_changed().is_ok() => done.clone(),
                State::Closed { until } if Instant::now() < *until => {
                    return Err(current.reason.clone());
                }
                State::Opening(_) | State::Closed { .. } => self.begin(&mut current),
            }
        };
        // An error means that it is done, too.
        let _ = opening.changed().await;
        let current = look(&self.current);
        match &current.state {
            State::Open(open) => Ok((open.connection.clone(), current.number)),
            State::Opening(_) | State::Closed { .. } => Err(current.reason.clone()),
        }
    }

    /// Gives a connection up that broke; the next one is tried at once.
    pub(super) fn give_up(&self, number: u64) {
        look(&self.current).close(number);
    }

    /// Gives the connection up if it leads to such a server.
    pub(super) fn give_up_at(&self, is_such: impl Fn(&str) -> bool) {
        let mut current = look(&self.current);
        if matches!(&current.state, State::Open(open) if is_such(&open.server)) {
            let number = current.number;
            current.close(number);
        }
    }

    /// In a task of its own, which a hang-up does not cancel.
    fn begin(&self, current: &mut Current) -> watch::Receiver<()> {
        let (done, opening) = watch::channel(());
        current.number += 1;
        current.state = State::Opening(opening.clone());
        let number = current.number;
        let (opener, current) = (Arc::clone(&self.opener), Arc::clone(&self.current));
        tokio::spawn(async move {
            let ended = Arc::downgrade(&current);
            let open = opener.open(move |push| {
                // The server's end is known before the next command is sent, which may be one that
                // must not be sent twice.
                if let (PushKind::Disconnection, Some(current)) = (push.kind, ended.upgrade()) {
                    look(&current).close(number);
                }
                Ok(())
            });
            let outcome = match tokio::time::timeout(opener.timeout, open).await {
                Ok(answered) => answered.map_err(|error| error.to_string()),
                Err(_) => Err(unanswered(opener.timeout)),
            };
            look(&current).opened(outcome);
            // Whoever looks when this is dropped finds the outcome.
            drop(done);
        });
        opening
    }
}

impl Current {
    fn opened(&mut self, outcome: Result<Opened, String>) {
        crate::metrics::redis_connection(outcome.is_ok());
        match outcome {
            Ok(opened) => {
                if self.failures > 0 {
                    tracing::info!(server = opened.server, "Redis is back");
                }
                self.failures = 0;
                self.state = State::Open(opened);
            }
            Err(reason) => {
                self.failures = self.failures.saturating_add(1);
                let until = Instant::now() + pause(self.failures);
                tracing::warn!(reason, attempts = self.failures, "Redis is away");
                self.reason = reason;
                self.state = State::Closed { until };
            }
        }
    }

    fn close(&mut self, number: u64) {
        if self.number == number && matches!(self.state, State::Open(_)) {
            let until = Instant::now();
            self.state = State::Closed { until };
        }
    }
}

pub(super) fn unanswered(timeout: Duration) -> String {
    format!("Redis did not answer within {} ms", timeout.as_millis())
}

/// Between two attempts in vain: twice as long each time, and of instances that lost the server in
/// the same moment each another one.
pub(super) fn pause(failures: u32) -> Duration {
    let longest = SHORTEST_PAUSE * 2_u32.saturating_pow(failures.saturating_sub(1).min(10));
    let longest = longest.min(LONGEST_PAUSE);
    let [byte] = crate::crypto::random::<1>();
    longest / 2 + longest / 2 * u32::from(byte) / 255
}

fn look(current: &Mutex<Current>) -> MutexGuard<'_, Current> {
    current.lock().unwrap_or_else(PoisonError::into_inner)
}

const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
