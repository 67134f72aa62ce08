//! Keeps what is in memory true to what other instances write.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::live::Live;
use super::registry::Sessions;
use super::store::{Invalidation, StoreError};
use crate::time::Timestamp;

/// What is known of the other instances' writes.
#[derive(Debug, Default)]
pub(super) struct Coherence {
    hearing: Arc<Hearing>,
    listener: Mutex<Option<Listener>>,
    /// When the store was last asked in vain about a session in memory.
    failed: AtomicU64,
}

#[derive(Debug, Default)]
struct Hearing {
    /// Whether every write elsewhere is heard of.
    is_open: AtomicBool,
    /// Whether the store has said that it does not tell.
    is_in_vain: AtomicBool,
    /// Till when it was last heard: what was in memory and not doubted then, the store had.
    until: AtomicU64,
}

impl Sessions {
    /// Begins to listen to the store, unless it is done already. The task ends with the sessions.
    pub(super) fn listen(&self) {
        let hearing = &self.coherence.hearing;
        if hearing.is_open.load(Ordering::Acquire) || hearing.is_in_vain.load(Ordering::Relaxed) {
            return;
        }
        let listener = self.coherence.listener.lock();
        let mut listener = listener.unwrap_or_else(PoisonError::into_inner);
        // It may have ended with the runtime that it was on.
        if listener
            .as_ref()
            .is_none_or(|running| running.0.is_finished())
        {
            let task = listen(Weak::clone(&self.this), Arc::clone(hearing));
            *listener = Some(Listener(tokio::spawn(task)));
        }
    }

    /// Whether the store has to be asked before this session is used once more.
    pub(super) fn standing(&self, live: &Live, now: Timestamp) -> Standing {
        let hears = self.coherence.hearing.is_open.load(Ordering::Acquire);
        let revalidate = self.lifetimes().revalidate;
        let is_due = || !hears && !now.is_within(revalidate, self.confirmed(live));
        if !live.is_doubted() && !is_due() {
            Standing::Known
        } else if self.is_graced_without_question(live, now) {
            Standing::Graced
        } else {
            Standing::Due
        }
    }

    /// Asks the store about a session in memory. While the store is away it goes on for
    /// `session.store_grace_seconds`.
    pub(super) async fn check(&self, live: &Arc<Live>) -> Result<Checked, StoreError> {
        let _turn = live.checking.lock().await;
        let now = self.now();
        if live.is_over() {
            return Ok(Checked::Ended);
        }
        match self.standing(live, now) {
            Standing::Known => return Ok(Checked::Confirmed),
            Standing::Graced => return Ok(Checked::Graced),
            Standing::Due => {}
        }
        let doubts = live.doubts();
        let stored = match self.store.load(live.key).await {
            Ok(stored) => stored,
            Err(error) => {
                let now = self.now();
                self.coherence.failed.store(now.0, Ordering::Relaxed);
                if self.is_graced(live, now) {
                    crate::metrics::session_graced();
                    tracing::warn!(%error, "sessions are served from memory");
                    return Ok(Checked::Graced);
                }
                return Err(error);
            }
        };
        let Some(stored) = stored else {
            self.forget_ended(live);
            return Ok(Checked::Ended);
        };
        if stored.version > live.versioned().1 {
            match self.open(&stored, &live.ticket) {
                Ok(Some(record)) => live.set(Arc::new(record), stored.version),
                Ok(None) => {
                    self.forget_ended(live);
                    return Ok(Checked::Ended);
                }
                // What is in memory has been overtaken, and the session goes on.
                Err(_) if self.is_graced(live, now) => return Ok(Checked::Confirmed),
                Err(error) => return Err(error),
            }
        }
        live.settle(doubts, now);
        Ok(Checked::Confirmed)
    }

    fn apply(&self, invalidation: Invalidation) {
        crate::metrics::invalidated(&invalidation);
        match invalidation {
            Invalidation::Changed { key, version } => {
                // What this instance wrote itself it has already.
                let outdated = |live: &Arc<Live>| live.versioned().1 < version;
                if let Some(live) = self.cache.invalidate(key).filter(outdated) {
                    live.doubt();
                }
            }
            Invalidation::Ended(key) => {
                if let Some(live) = self.cache.invalidate(key) {
                    self.forget_ended(&live);
                }
                self.watches.end(key);
            }
            Invalidation::Missed => {
                self.cache.outdate_loads();
                for live in self.cache.all() {
                    live.confirm(self.confirmed(&live));
                    live.doubt();
                }
                self.repeat_ends();
            }
        }
    }

    /// Forgets a session that the store has no more, and lets those who still hold it know.
    pub(super) fn forget_ended(&self, live: &Live) {
        live.set_ended_elsewhere();
        self.cache.remove(&live.ticket.id);
        self.watches.end(live.key);
    }

    /// Whether a session may do without the store that it was last seen in.
    fn is_graced(&self, live: &Live, now: Timestamp) -> bool {
        let lifetimes = self.lifetimes();
        let grace = lifetimes.revalidate + lifetimes.store_grace;
        now.is_within(grace, self.confirmed(live))
    }

    /// When the store was last known to have a session: asked, or heard and silent about it.
    fn confirmed(&self, live: &Live) -> Timestamp {
        let heard = Timestamp(self.coherence.hearing.until.load(Ordering::Relaxed));
        if live.is_doubted() {
            return live.confirmed();
        }
        live.confirmed().max(heard)
    }

    /// The same where the store has just not answered: not every request has to wait for that.
    fn is_graced_without_question(&self, live: &Live, now: Timestamp) -> bool {
        let failed = Timestamp(self.coherence.failed.load(Ordering::Relaxed));
        now.is_within(RESPITE, failed) && self.is_graced(live, now)
    }
}

/// What is known of a session in memory without asking.
pub(super) enum Standing {
    /// It goes on.
    Known,
    /// It goes on without the store, which has just not answered.
    Graced,
    /// The store has to be asked.
    Due,
}

/// What the store says of a session in memory.
pub(super) enum Checked {
    Confirmed,
    /// Nothing, and the session goes on for now.
    Graced,
    Ended,
}

/// Ends the task with its owner.
#[derive(Debug)]
struct Listener(JoinHandle<()>);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Every write is heard of while this lives.
struct Open(Arc<Hearing>);

impl Open {
    fn new(hearing: &Arc<Hearing>) -> Self {
        hearing.is_open.store(true, Ordering::Release);
        Self(Arc::clone(hearing))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.is_open.store(false, Ordering::Release);
    }
}

/// Hears the store out, and asks again whenever it falls silent.
async fn listen(sessions: Weak<Sessions>, hearing: Arc<Hearing>) {
    let mut pause = SHORTEST_PAUSE;
    loop {
        let Some(store) = sessions
            .upgrade()
            .map(|sessions| Arc::clone(&sessions.store))
        else {
            return;
        };
        let error = match store.invalidations().await {
            Ok(None) => {
                hearing.is_in_vain.store(true, Ordering::Relaxed);
                return;
            }
            Ok(Some(mut stream)) => {
                let mut next = Ok(Invalidation::Missed);
                let mut open = None;
                loop {
                    let Some(sessions) = sessions.upgrade() else {
                        return;
                    };
                    match next {
                        Ok(invalidation) => sessions.apply(invalidation),
                        Err(error) => {
                            hearing.until.store(sessions.now().0, Ordering::Relaxed);
                            break error;
                        }
                    }
                    drop(sessions);
                    open.get_or_insert_with(|| Open::new(&hearing));
                    next = stream.next().await;
                    pause = SHORTEST_PAUSE;
                }
            }
            Err(error) => error,
        };
        crate::metrics::listener_lost();
        tracing::warn!(%error, "changes on other instances are not heard of");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// How long a store that did not answer is left alone about sessions that may do without.
const RESPITE: Duration = Duration::from_secs(2);
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
