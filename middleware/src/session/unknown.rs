//! Tickets that nobody was given: what they may cost the store.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::registry::Sessions;
use super::store::{SessionKey, StoreError, StoredRecord};
use crate::cookie::{SessionId, Ticket};
use crate::time::Timestamp;

/// Keeps a flood of tickets away from the store.
///
/// Tickets carry a mark of the app's keys. One without it is made up, or of a key that was taken away
/// since: so many of those are looked up in a second, and the others told to come back. One with it
/// that has no record is asked about once in a while.
#[derive(Debug, Default)]
pub(super) struct UnknownTickets(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    unmarked: (Timestamp, usize),
    missing_since: Timestamp,
    missing: HashSet<SessionId>,
}

impl UnknownTickets {
    /// Whether the store has just said that there is no such session. None comes into being under a
    /// ticket that is around already.
    fn is_missing(&self, id: &SessionId, now: Timestamp) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        now.is_within(MISSING_FOR, state.missing_since) && state.missing.contains(id)
    }

    fn note_missing(&self, id: SessionId, now: Timestamp) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !now.is_within(MISSING_FOR, state.missing_since) || state.missing.len() >= MOST_MISSING {
            state.missing.clear();
            state.missing_since = now;
        }
        state.missing.insert(id);
    }

    /// Takes a place among the unmarked ones of this second.
    fn admit_unmarked(&self, now: Timestamp) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.unmarked.0 != now {
            state.unmarked = (now, 0);
        }
        state.unmarked.1 += 1;
        state.unmarked.1 <= MOST_UNMARKED
    }
}

impl Sessions {
    /// The record of a ticket that is not in memory, at a bounded cost to the store.
    pub(super) async fn look_up(
        &self,
        ticket: &Ticket,
        key: SessionKey,
    ) -> Result<Option<StoredRecord>, StoreError> {
        let now = self.now();
        if self.unknown.is_missing(&ticket.id, now) {
            return Ok(None);
        }
        if !self.keys.has_marked(ticket) && !self.unknown.admit_unmarked(now) {
            return Err(StoreError::unknown_tickets());
        }
        let found = self.store.load(key).await?;
        if found.is_none() {
            self.unknown.note_missing(ticket.id, now);
        }
        Ok(found)
    }
}

/// Per second and instance. Tickets of before a key was taken away are among them.
const MOST_UNMARKED: usize = 500;
const MISSING_FOR: Duration = Duration::from_secs(5);
const MOST_MISSING: usize = 100_000;
