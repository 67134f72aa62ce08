//! Finds the session of a ticket: in memory, or else in the store.

use std::sync::Arc;
use std::time::SystemTime;

use super::live::Live;
use super::record::Record;
use super::registry::Sessions;
use super::store::{SessionKey, StoreError, StoredRecord};
use crate::cookie::Ticket;
use crate::format::Unread;
use crate::metrics::{self, Found};
use crate::time::Timestamp;

impl Sessions {
    /// The session of this ticket if it is in memory and can be relied upon: one map lookup.
    pub(crate) fn cached(&self, ticket: &Ticket) -> Option<Arc<Live>> {
        let live = self.cache.get(&ticket.id)?;
        if !live.ticket.matches(ticket) {
            return None;
        }
        let now = self.now();
        if self.has_ended(&live, now) {
            self.cache.remove(&ticket.id);
            return None;
        }
        if self.needs_check(&live, now) {
            return None;
        }
        self.note_visit(&live, now);
        metrics::session_found(Found::Memory);
        Some(live)
    }

    /// The session of this ticket, from the store if need be.
    pub(crate) async fn find(&self, ticket: &Ticket) -> Result<Option<Arc<Live>>, StoreError> {
        if let Some(live) = self.cached(ticket) {
            return Ok(Some(live));
        }
        let found = self.find_in_store(ticket).await?;
        metrics::session_found(match found {
            Some(_) => Found::Store,
            None => Found::Nowhere,
        });
        Ok(found)
    }

    async fn find_in_store(&self, ticket: &Ticket) -> Result<Option<Arc<Live>>, StoreError> {
        self.listen();
        let known = self.cache.get(&ticket.id);
        if let Some(live) = known.filter(|live| live.ticket.matches(ticket)) {
            let goes_on = self.check(&live).await?;
            if goes_on {
                self.note_visit(&live, self.now());
            }
            return Ok(goes_on.then_some(live));
        }
        if self.unheard.has(ticket) {
            return Ok(None);
        }
        let key = SessionKey::of(&ticket.id);
        let before = self.cache.before(&ticket.id, key);
        let Some(stored) = self.look_up(ticket, key).await? else {
            return Ok(None);
        };
        let now = self.now();
        let Some(record) = self.open(&stored, ticket)? else {
            return Ok(None);
        };
        if stored.expires_at <= now.to_system_time() || record.ends_at() <= now {
            return Ok(None);
        }
        // When this was last seen is not in the record, so the store hears of the visit at once.
        let long_ago = Timestamp::default();
        let live = Live::new(ticket.clone(), record, stored.version, now, long_ago);
        let live = self.cache.insert(Arc::new(live), before);
        self.note_visit(&live, now);
        Ok(live.ticket.matches(ticket).then_some(live))
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
                    Ok(false) => live.set_over(),
                    Err(error) => tracing::warn!(%error, "a session's expiry was not moved"),
                }
            });
        }
    }

    pub(super) fn has_ended(&self, live: &Live, now: Timestamp) -> bool {
        live.is_over()
            || now >= live.last_seen() + self.lifetimes().idle
            || now >= live.record().ends_at()
    }
}

/// A session that was looked at and not used.
#[derive(Debug)]
pub(crate) struct Peeked {
    pub(crate) record: Record,
    /// When it ends unless it is used.
    pub(crate) expires_at: SystemTime,
}
