//! Finds the session of a ticket: in memory, or else in the store.

use std::sync::Arc;
use std::time::SystemTime;

use super::coherence::{Checked, Standing};
use super::live::Live;
use super::record::Record;
use super::registry::Sessions;
use super::store::{SessionKey, StoreError, StoredRecord};
use crate::cookie::Ticket;
use crate::format::Unread;
use crate::metrics::{self, Found, SessionEnd};
use crate::time::Timestamp;

impl Sessions {
    /// The session of this ticket if it is in memory and can be relied upon: one map lookup.
    pub(crate) fn cached(&self, ticket: &Ticket) -> Option<Arc<Live>> {
        let live = self.cache.get(&ticket.id)?;
        if !live.ticket.matches(ticket) {
            return None;
        }
        let now = self.now();
        if self.over(&live, now).is_some() {
            return None;
        }
        let found = match self.standing(&live, now) {
            Standing::Known => Found::Memory,
            Standing::Graced => Found::Grace,
            Standing::Due => return None,
        };
        self.note_visit(&live, now);
        metrics::session_found(found);
        Some(live)
    }

    /// The session of this ticket, from the store if need be.
    pub(crate) async fn find(&self, ticket: &Ticket) -> Result<Option<Arc<Live>>, StoreError> {
        if let Some(live) = self.cached(ticket) {
            return Ok(Some(live));
        }
        let over = self.forget_over(ticket);
        let sought = match (self.find_in_store(ticket).await, over) {
            // What was known of it says more than that the store has nothing.
            (Ok(Sought::Over(_) | Sought::Nowhere), Some(over)) => Ok(Sought::Over(over)),
            (sought, _) => sought,
        };
        note(&sought, over);
        match sought? {
            Sought::Here(live, _) => Ok(Some(live)),
            Sought::Over(_) | Sought::Nowhere => Ok(None),
        }
    }

    /// Takes a session that is over out of memory. Another instance may have seen it since, which the
    /// store knows.
    fn forget_over(&self, ticket: &Ticket) -> Option<Over> {
        let live = self.cache.get(&ticket.id)?;
        let over = self.over(&live, self.now())?;
        if !live.ticket.matches(ticket) {
            return None;
        }
        self.cache.remove(&ticket.id);
        Some(over)
    }

    /// Forgets a session that goes on no longer, as the clock or the store says, and counts its end.
    pub(super) fn drop_over(&self, live: &Live) {
        let expired = match self.over(live, self.now()) {
            Some(Over::Idle) => Some(SessionEnd::Idle),
            Some(Over::Absolute) => Some(SessionEnd::Absolute),
            Some(Over::Ended) | None => None,
        };
        match expired {
            Some(reason) if live.set_over() => metrics::sessions_ended(reason, 1),
            _ => live.set_ended_elsewhere(),
        }
        self.cache.remove(&live.ticket.id);
    }

    async fn find_in_store(&self, ticket: &Ticket) -> Result<Sought, StoreError> {
        self.listen();
        let known = self.cache.get(&ticket.id);
        if let Some(live) = known.filter(|live| live.ticket.matches(ticket)) {
            let found = match self.check(&live).await? {
                Checked::Confirmed => Found::Store,
                Checked::Graced => Found::Grace,
                Checked::Ended => return Ok(Sought::Over(Over::Ended)),
            };
            self.note_visit(&live, self.now());
            return Ok(Sought::Here(live, found));
        }
        if self.unheard.has(ticket) {
            return Ok(Sought::Over(Over::Ended));
        }
        let key = SessionKey::of(&ticket.id);
        let before = self.cache.before(&ticket.id, key);
        let Some(stored) = self.look_up(ticket, key).await? else {
            // The mark of this app's keys is on tickets that it has given.
            let was_given = self.keys.has_marked(ticket);
            return Ok(if was_given {
                Sought::Over(Over::Ended)
            } else {
                Sought::Nowhere
            });
        };
        let now = self.now();
        let Some(record) = self.open(&stored, ticket)? else {
            return Ok(Sought::Nowhere);
        };
        if record.ends_at() <= now {
            return Ok(Sought::Over(Over::Absolute));
        }
        if stored.expires_at <= now.to_system_time() {
            return Ok(Sought::Over(Over::Idle));
        }
        // When this was last seen is not in the record, so the store hears of the visit at once.
        let long_ago = Timestamp::default();
        let live = Live::new(ticket.clone(), record, stored.version, now, long_ago);
        let live = self.cache.insert(Arc::new(live), before);
        self.note_visit(&live, now);
        if !live.ticket.matches(ticket) {
            return Ok(Sought::Nowhere);
        }
        Ok(Sought::Here(live, Found::Store))
    }

    /// Looks at a session without using it: what the store says, and when it ends unless it is
    /// used.
    pub(crate) async fn peek(&self, ticket: &Ticket) -> Result<Option<Peeked>, StoreError> {
        let key = SessionKey::of(&ticket.id);
        let Some(stored) = self.look_up(ticket, key).await? else {
            // Another instance ended it.
            self.cache.remove(&ticket.id);
            self.watches.end(key);
            return Ok(None);
        };
        let seen = self.cache.get(&ticket.id).map(|live| live.last_seen());
        let open = self.open(&stored, ticket)?;
        let peeked = open.filter(|_| !self.unheard.has(ticket)).map(|record| {
            let known = seen.map(|seen| self.expiry(seen));
            let idle_end = known.map_or(stored.expires_at, |end| end.max(stored.expires_at));
            let expires_at = idle_end.min(record.ends_at().to_system_time());
            Peeked { record, expires_at }
        });
        let now = self.now().to_system_time();
        Ok(peeked.filter(|peeked| peeked.expires_at > now))
    }

    /// The record, unless it cannot be this ticket's, or is of a provider that is trusted no longer:
    /// taken out of the configuration, it vouches for nobody.
    pub(super) fn open(
        &self,
        stored: &StoredRecord,
        ticket: &Ticket,
    ) -> Result<Option<Record>, StoreError> {
        match Record::open(&stored.bytes, ticket) {
            Ok(record) if self.trusts(&record) => Ok(Some(record)),
            Ok(_) => {
                metrics::record_refused("provider");
                Ok(None)
            }
            Err(Unread::Newer) => {
                metrics::record_refused(Unread::Newer.reason());
                Err(StoreError::newer_format())
            }
            Err(unread) => {
                metrics::record_refused(unread.reason());
                let key = SessionKey::of(&ticket.id);
                tracing::warn!(
                    reason = unread.reason(),
                    session = ?key,
                    "a stored record is refused: tampered with, another's, or asked for with another ticket"
                );
                Ok(None)
            }
        }
    }

    /// Tells the store of a visit, behind the request and at most ten times per idle period.
    fn note_visit(&self, live: &Arc<Live>, now: Timestamp) {
        if live.seen(now, self.lifetimes().idle.as_secs() / 10) {
            let (store, live) = (Arc::clone(&self.store), Arc::clone(live));
            let expires_at = self.expiry(now);
            self.background.spawn(async move {
                match store.touch(live.key, expires_at).await {
                    Ok(true) => {}
                    // The next request takes it out of the cache.
                    Ok(false) => live.set_ended_elsewhere(),
                    Err(error) => tracing::warn!(%error, "a session's expiry was not moved"),
                }
            });
        }
    }

    /// Why a session in memory is over, if it is.
    fn over(&self, live: &Live, now: Timestamp) -> Option<Over> {
        if live.is_over() {
            Some(Over::Ended)
        } else if now >= live.record().ends_at() {
            Some(Over::Absolute)
        } else if now >= live.last_seen() + self.lifetimes().idle {
            Some(Over::Idle)
        } else {
            None
        }
    }
}

/// What came of a look for a session beyond what is known without asking.
enum Sought {
    Here(Arc<Live>, Found),
    Over(Over),
    /// There is no such session, or its record is not taken.
    Nowhere,
}

/// Why there is no session (any more) under a ticket that had one.
#[derive(Clone, Copy)]
enum Over {
    /// Somebody ended it; or it has expired, and the store has thrown it away.
    Ended,
    Idle,
    Absolute,
}

/// Counts a look in the store, and the end of a session that was in memory till now: who comes back with one
/// that is over does so more than once.
fn note(sought: &Result<Sought, StoreError>, forgotten: Option<Over>) {
    let found = match sought {
        Ok(Sought::Here(_, found)) => *found,
        Ok(Sought::Over(Over::Ended)) => Found::Ended,
        Ok(Sought::Over(Over::Idle | Over::Absolute)) => Found::Expired,
        Ok(Sought::Nowhere) => Found::Nowhere,
        Err(error) if error.is_about_unknown_tickets() => Found::Nowhere,
        Err(_) => Found::Unavailable,
    };
    metrics::session_found(found);
    if matches!(sought, Ok(Sought::Over(_))) {
        match forgotten {
            Some(Over::Idle) => metrics::sessions_ended(SessionEnd::Idle, 1),
            Some(Over::Absolute) => metrics::sessions_ended(SessionEnd::Absolute, 1),
            Some(Over::Ended) | None => {}
        }
    }
}

/// A session that was looked at and not used.
#[derive(Debug)]
pub(crate) struct Peeked {
    pub(crate) record: Record,
    /// When it ends unless it is used.
    pub(crate) expires_at: SystemTime,
}
