//! Ends sessions.

use std::time::Duration;

use super::live::Live;
use super::registry::Sessions;
use super::store::{SessionKey, StoreError};
use crate::cookie::Ticket;
use crate::metrics::{SessionEnd, sessions_ended};

impl Sessions {
    /// Ends the session of this ticket: gone from memory at once, and from the store. Tells whether
    /// this call ended it, and not another.
    ///
    /// A store that is away is told when it is back: the error says that this has to be, and that
    /// instances which cannot be reached do not know yet.
    pub(crate) async fn end(&self, ticket: &Ticket) -> Result<bool, StoreError> {
        // Only the bearer may end a session, not whoever knows its id.
        let key = match self.find(ticket).await {
            Ok(Some(live)) => {
                live.set_over();
                live.key
            }
            Ok(None) => return Ok(false),
            // It is the bearer's own: the ticket's key has opened it.
            Err(error) if error.is_newer_format() => SessionKey::of(&ticket.id),
            Err(error) => {
                self.remember_end(ticket, false);
                return Err(error);
            }
        };
        let deleted = self.store.delete(key).await;
        if !matches!(deleted, Ok(false)) {
            sessions_ended(SessionEnd::SignedOut, 1);
            self.remember_end(ticket, deleted.is_ok());
        }
        self.cache.remove(&ticket.id);
        self.watches.end(key);
        deleted
    }

    /// How long a session still has unless it is used; `None` if it has ended. A store that is away
    /// ends nothing: what is in memory counts.
    pub(super) async fn time_left(&self, key: SessionKey, live: &Live) -> Option<Duration> {
        let known = self.expiry(live.last_seen());
        let idle_end = match self.store.load(key).await {
            Ok(stored) => known.max(stored?.expires_at),
            Err(_) => known,
        };
        let end = idle_end.min(live.record().ends_at().to_system_time());
        let now = self.now().to_system_time();
        end.duration_since(now).ok().filter(|left| !left.is_zero())
    }

    /// Forgets a session that has ended, and lets those who still hold it know.
    pub(super) fn drop_cached(&self, live: &Live) {
        live.set_over();
        self.cache.remove(&live.ticket.id);
    }
}
