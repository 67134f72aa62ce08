//! Begins sessions.

use std::sync::Arc;

use super::index::IndexEntry;
use super::live::Live;
use super::record::Record;
use super::registry::Sessions;
use super::store::{SessionKey, StoreError, StoredRecord};
use super::summary::Summary;
use crate::time::Timestamp;

impl Sessions {
    /// Begins a session under a new ticket.
    /// It takes the place of `replaced`, which its caller ends.
    pub(crate) async fn create(
        &self,
        record: Record,
        replaced: Option<SessionKey>,
    ) -> Result<Arc<Live>, CreateError> {
        self.create_seen(record, replaced, self.now()).await
    }

    /// As [`create`](Self::create), for a session that was last seen then.
    pub(crate) async fn create_seen(
        &self,
        mut record: Record,
        replaced: Option<SessionKey>,
        seen: Timestamp,
    ) -> Result<Arc<Live>, CreateError> {
        self.listen();
        record.bind(self.lifetimes().bound);
        self.check_size(&record)?;
        let ticket = self.keys.new_ticket();
        let before = self.cache.before(&ticket.id, SessionKey::of(&ticket.id));
        let stored = self.stored(&record, &ticket, seen);
        let summary = Summary::of(&record, self.lifetimes().idle, self.clock.now());
        let live = Live::new(ticket, record, 1, seen, seen);
        let index = IndexEntry {
            keys: live.indexes.iter().collect(),
            summary: summary.seal(&self.keys, live.key),
        };
        let turn = self.take_turn(&live).await?;
        let admitted = self.admit(&live, stored, index, replaced).await;
        self.end_turn(turn).await;
        admitted?;
        Ok(self.cache.insert(Arc::new(live), before))
    }

    async fn admit(
        &self,
        live: &Live,
        stored: StoredRecord,
        index: IndexEntry,
        replaced: Option<SessionKey>,
    ) -> Result<(), CreateError> {
        if !self.store.insert(live.key, stored, index).await? {
            return Err(StoreError::new("a fresh random id is already taken").into());
        }
        if !self.make_room(live, replaced).await? {
            return Err(CreateError::TooMany);
        }
        Ok(())
    }
}

/// Why a session did not begin.
#[derive(Debug)]
pub(crate) enum CreateError {
    /// The user has as many as they may.
    TooMany,
    Store(StoreError),
}

impl From<StoreError> for CreateError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
