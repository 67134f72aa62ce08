//! Forms that wait for their senders to sign in again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::index::IndexEntry;
use super::record::Record;
use super::registry::Sessions;
use super::store::{SessionKey, StoreError, StoredRecord};
use crate::cookie::Ticket;
use crate::format::{self, Unread};
use crate::time::Timestamp;

/// A form that met no session, as it was sent.
#[derive(Deserialize, Serialize)]
pub(crate) struct KeptForm {
    /// The app's own path and query that it was sent to.
    pub(crate) path: String,
    pub(crate) fields: Vec<(String, String)>,
    /// Provider and subject of the session that ended, where the store still has it.
    pub(crate) sender: Option<(String, String)>,
}

impl Sessions {
    /// Keeps a form for [`KEPT_FOR`], sealed with a key that only the returned ticket has.
    pub(crate) async fn keep_form(&self, form: &KeptForm) -> Result<Ticket, StoreError> {
        self.check_reach()?;
        let ticket = Ticket::new();
        let text = format::write(form, FORMAT);
        let stored = StoredRecord {
            version: 0,
            expires_at: (self.now() + KEPT_FOR).to_system_time(),
            bytes: ticket.seal_key().seal(CONTEXT, &text),
        };
        let nowhere = IndexEntry {
            keys: Vec::new(),
            summary: Vec::new(),
        };
        let key = SessionKey::of(&ticket.id);
        if self.store.insert(key, stored, nowhere).await? {
            Ok(ticket)
        } else {
            Err(StoreError::new("a fresh random id is already taken"))
        }
    }

    /// The form of this ticket, once.
    pub(crate) async fn take_form(&self, ticket: &Ticket) -> Result<Option<KeptForm>, StoreError> {
        let key = SessionKey::of(&ticket.id);
        let Some(stored) = self.store.load(key).await? else {
            return Ok(None);
        };
        let text = ticket.seal_key().open(CONTEXT, &stored.bytes);
        let form = match text.map(|text| format::read(&text, FORMAT)) {
            Some(Err(Unread::Newer)) => return Err(StoreError::newer_format()),
            read => read.and_then(Result::ok),
        };
        let in_time = stored.expires_at > self.now().to_system_time();
        // A session under this ticket, or somebody else's form, is not touched.
        if form.is_none() || !self.store.delete(key).await? || !in_time {
            return Ok(None);
        }
        Ok(form)
    }

    /// Whose session this ticket was, if it has ended and the store has not forgotten it yet.
    pub(crate) async fn former_user(&self, ticket: &Ticket) -> Option<(String, String)> {
        let stored = self.store.load(SessionKey::of(&ticket.id)).await;
        let stored = stored.ok().flatten()?;
        let record = Record::open(&stored.bytes, ticket).ok()?;
        let subject = record.subject()?.to_owned();
        Some((record.provider, subject))
    }
}

/// How many forms this instance may keep at a time: anybody can send one, and each is a record.
#[derive(Debug, Default)]
pub(crate) struct FormBudget(Mutex<(Timestamp, usize)>);

impl FormBudget {
    /// Takes a place for one more form, of [`MOST`] in each [`KEPT_FOR`].
    pub(crate) fn take(&self, now: Timestamp) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !now.is_within(KEPT_FOR, window.0) {
            *window = (now, 0);
        }
        window.1 += 1;
        window.1 <= MOST
    }
}

/// How long a form waits, as long as a sign-in may take.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(15 * 60);
const MOST: usize = 1000;
const CONTEXT: &[u8] = b"kept form";
const FORMAT: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_forms_is_not_kept() {
        let budget = FormBudget::default();
        let kept = (0..1200).filter(|_| budget.take(Timestamp(1_000_000)));
        assert_eq!(kept.count(), MOST);
        assert!(budget.take(Timestamp(1_000_000) + KEPT_FOR));
    }
}
