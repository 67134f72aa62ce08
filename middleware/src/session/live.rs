//! A session in this process's memory.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use super::index::IndexKeys;
use super::record::Record;
use super::store::SessionKey;
use crate::cookie::Ticket;
use crate::metrics::{self, SessionEnd};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::tokens::LastFailure;

/// One session, shared by all requests that carry its ticket.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) ticket: Ticket,
    /// What the store has the record under.
    pub(crate) key: SessionKey,
    /// What the session is found by besides its ticket.
    pub(crate) indexes: IndexKeys,
    state: RwLock<State>,
    last_seen: AtomicU64,
    last_touched: AtomicU64,
    over: AtomicBool,
    /// Whether this instance has begun to end it: what it hears of that is its own doing.
    ending: AtomicBool,
    /// Counts what was heard of changes elsewhere, and how far the record here has caught up.
    doubts: AtomicU64,
    settled: AtomicU64,
    /// When the store was last known to have this record.
    confirmed: AtomicU64,
    /// Held while the store is asked again: one question at a time, the others wait for its answer.
    pub(super) checking: tokio::sync::Mutex<()>,
    /// Wakes those who wait for another record, or for the end.
    news: tokio::sync::Notify,
    /// Held while tokens are refreshed: one refresh at a time, the others wait for its result. What
    /// it holds is the last failure, which those who waited share.
    pub(crate) refreshing: tokio::sync::Mutex<LastFailure>,
    /// The refresh token that the provider refused this instance, where the record that counts is the
    /// browser's and may be newer.
    refused: Mutex<Option<Secret>>,
}

#[derive(Clone, Debug)]
struct State {
    record: Arc<Record>,
    version: u64,
}

impl Live {
    /// A session seen just now; `touched` is when the store last heard of it.
    pub(crate) fn new(
        ticket: Ticket,
        record: Record,
        version: u64,
        now: Timestamp,
        touched: Timestamp,
    ) -> Self {
        Self {
            key: SessionKey::of(&ticket.id),
            indexes: IndexKeys::of(&record),
            ticket,
            state: RwLock::new(State {
                record: Arc::new(record.trimmed()),
                version,
            }),
            last_seen: AtomicU64::new(now.0),
            last_touched: AtomicU64::new(touched.0),
            over: AtomicBool::new(false),
            ending: AtomicBool::new(false),
            doubts: AtomicU64::new(0),
            settled: AtomicU64::new(0),
            confirmed: AtomicU64::new(now.0),
            checking: tokio::sync::Mutex::default(),
            news: tokio::sync::Notify::new(),
            refreshing: tokio::sync::Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// The record as it stands.
    pub(crate) fn record(&self) -> Arc<Record> {
        self.versioned().0
    }

    /// The record with its version in the store.
    pub(crate) fn versioned(&self) -> (Arc<Record>, u64) {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&state.record), state.version)
    }

    /// Takes over a newer record; an older one is ignored.
    pub(crate) fn set(&self, record: Arc<Record>, version: u64) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if version > state.version {
            *state = State { record, version };
            self.news.notify_waiters();
        }
    }

    /// Changes the record here alone; the store still has the one of this version.
    pub(super) fn change_in_memory(&self, change: impl Fn(&mut Record)) -> Arc<Record> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut record = Record::clone(&state.record);
        change(&mut record);
        state.record = Arc::new(record);
        Arc::clone(&state.record)
    }

    /// Waits until something is heard of the session, for so long at most.
    pub(crate) async fn changed(&self, at_most: Duration) {
        // Either will do: whoever waits looks again.
        let _ = tokio::time::timeout(at_most, self.news.notified()).await;
    }

    /// Whether it is known to have ended, here or on another instance.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Tells whether it went on till now.
    pub(crate) fn set_over(&self) -> bool {
        let was_over = self.over.swap(true, Ordering::Relaxed);
        self.news.notify_waiters();
        !was_over
    }

    /// It is about to be taken out of the store by this instance, and counted there.
    pub(super) fn set_ending(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    /// As [`set_over`](Self::set_over), where the store is what tells that it has ended; counted, unless
    /// this instance has ended it and counts it itself.
    pub(super) fn set_ended_elsewhere(&self) {
        if self.set_over() && !self.ending.load(Ordering::Relaxed) {
            metrics::sessions_ended(SessionEnd::Elsewhere, 1);
        }
    }

    /// Another instance may have changed or ended it.
    pub(super) fn doubt(&self) {
        self.doubts.fetch_add(1, Ordering::Release);
        self.news.notify_waiters();
    }

    /// What has been heard so far; for [`settle`](Self::settle), before the store is asked.
    pub(super) fn doubts(&self) -> u64 {
        self.doubts.load(Ordering::Acquire)
    }

    pub(super) fn is_doubted(&self) -> bool {
        self.doubts() != self.settled.load(Ordering::Relaxed)
    }

    /// The store has this record, and `doubts` are answered.
    pub(super) fn settle(&self, doubts: u64, now: Timestamp) {
        self.settled.store(doubts, Ordering::Relaxed);
        self.confirmed.store(now.0, Ordering::Relaxed);
    }

    /// The store was known to have this record then.
    pub(super) fn confirm(&self, at: Timestamp) {
        self.confirmed.fetch_max(at.0, Ordering::Relaxed);
    }

    /// When the store was last asked and had it.
    pub(super) fn confirmed(&self) -> Timestamp {
        Timestamp(self.confirmed.load(Ordering::Relaxed))
    }

    /// The provider does not take this refresh token any more.
    pub(crate) fn refuse(&self, refresh_token: &Secret) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused = Some(refresh_token.clone());
    }

    /// Whether it is known that the provider does not take it.
    pub(crate) fn is_refused(&self, refresh_token: &Secret) -> bool {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = refused.as_ref();
        refused.is_some_and(|refused| refused.expose() == refresh_token.expose())
    }

    /// It was seen then, on this instance or another.
    pub(super) fn was_seen(&self, at: Timestamp) {
        self.last_seen.fetch_max(at.0, Ordering::Relaxed);
    }

    pub(crate) fn last_seen(&self) -> Timestamp {
        Timestamp(self.last_seen.load(Ordering::Relaxed))
    }

    /// Notes a request; tells whether the store should hear of it, which is once per `interval`.
    pub(crate) fn seen(&self, now: Timestamp, interval: u64) -> bool {
        self.last_seen.fetch_max(now.0, Ordering::Relaxed);
        let touched = self.last_touched.load(Ordering::Relaxed);
        let due = now.0.saturating_sub(touched) >= interval;
        let exchange = |to| {
            self.last_touched
                .compare_exchange(touched, to, Ordering::Relaxed, Ordering::Relaxed)
        };
        due && exchange(now.0).is_ok()
    }
}
