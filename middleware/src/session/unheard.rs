//! Sign-outs that the store has not heard of, or may have forgotten.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::record::Record;
use super::registry::Sessions;
use super::store::{SessionKey, StoreError, StoredRecord};
use crate::cookie::{SessionId, Ticket};
use crate::format::Unread;
use crate::time::Timestamp;

/// Sessions that ended here and may still be in the store: it was away, or it has since been replaced
/// by a copy that lags behind. They are no sessions here, and the store is told until it knows.
#[derive(Debug, Default)]
pub(super) struct Unheard(Mutex<Endings>);

#[derive(Debug, Default)]
struct Endings {
    /// With the ticket: who knows a session's id alone must not end it.
    sessions: HashMap<SessionId, Ending>,
    telling: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Ending {
    ticket: Ticket,
    /// When the store confirmed it; `None` until then.
    heard: Option<Timestamp>,
}

impl Unheard {
    /// Whether this session has ended, whatever the store says.
    pub(super) fn has(&self, ticket: &Ticket) -> bool {
        let endings = self.open();
        let ending = endings.sessions.get(&ticket.id);
        ending.is_some_and(|ending| ending.ticket.matches(ticket))
    }

    fn open(&self) -> MutexGuard<'_, Endings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    /// Remembers an end for as long as a copy of the store may lag behind, or until the store has
    /// heard of it.
    pub(super) fn remember_end(&self, ticket: &Ticket, is_heard: bool) {
        let now = self.now();
        let mut endings = self.unheard.open();
        let sessions = &mut endings.sessions;
        if sessions.len() >= MOST {
            sessions.retain(|_, ending| ending.heard.is_none_or(|at| now.is_within(LAG, at)));
        }
        if sessions.len() >= MOST {
            if !is_heard {
                tracing::error!("too many sign-outs wait for the store; this one is forgotten");
            }
            return;
        }
        let ending = Ending {
            ticket: ticket.clone(),
            heard: is_heard.then_some(now),
        };
        sessions.insert(ticket.id, ending);
        drop(endings);
        if !is_heard {
            crate::metrics::sign_out_unheard();
            self.tell_ends();
        }
    }

    /// The store may be another than before: what it heard last it is told again.
    pub(super) fn repeat_ends(&self) {
        let now = self.now();
        let mut endings = self.unheard.open();
        let sessions = &mut endings.sessions;
        sessions.retain(|_, ending| ending.heard.is_none_or(|at| now.is_within(LAG, at)));
        for ending in sessions.values_mut() {
            ending.heard = None;
        }
        let is_empty = sessions.is_empty();
        drop(endings);
        if !is_empty {
            self.tell_ends();
        }
    }

    fn tell_ends(&self) {
        let mut endings = self.unheard.open();
        // It may have ended with the runtime that it was on.
        let telling = endings.telling.as_ref();
        if telling.is_none_or(JoinHandle::is_finished) {
            endings.telling = Some(self.background.spawn(tell(Weak::clone(&self.this))));
        }
    }

    /// One that the store has to hear of; with none left the telling is over.
    fn next_unheard(&self) -> Option<Ticket> {
        let mut endings = self.unheard.open();
        let mut all = endings.sessions.values();
        let next = all.find(|ending| ending.heard.is_none());
        let ticket = next.map(|ending| ending.ticket.clone());
        if ticket.is_none() {
            endings.telling = None;
        }
        ticket
    }

    async fn end_in_store(&self, ticket: &Ticket) -> Result<(), StoreError> {
        let key = SessionKey::of(&ticket.id);
        let stored = self.store.load(key).await?;
        // One that this version cannot read is opened by the ticket all the same.
        let opens = |stored: StoredRecord| match Record::open(&stored.bytes, ticket) {
            Ok(_) | Err(Unread::Newer | Unread::Garbled) => true,
            Err(Unread::Sealed) => false,
        };
        let is_its_own = stored.is_some_and(opens);
        if is_its_own {
            self.store.delete(key).await?;
        }
        let now = self.now();
        if let Some(ending) = self.unheard.open().sessions.get_mut(&ticket.id) {
            ending.heard = Some(now);
        }
        Ok(())
    }
}

async fn tell(sessions: Weak<Sessions>) {
    let mut pause = SHORTEST_PAUSE;
    while let Some(sessions) = sessions.upgrade() {
        let Some(ticket) = sessions.next_unheard() else {
            return;
        };
        let told = sessions.end_in_store(&ticket).await;
        drop(sessions);
        match told {
            Ok(()) => pause = SHORTEST_PAUSE,
            Err(_) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// How many ends are remembered: some 100 bytes each.
const MOST: usize = 10_000;
/// How far behind a replica may be that takes over.
const LAG: Duration = Duration::from_secs(60);
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
