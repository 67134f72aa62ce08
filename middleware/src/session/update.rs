//! Changes the records of sessions.

use std::sync::Arc;

use super::live::Live;
use super::record::Record;
use super::registry::Sessions;
use super::store::{Replaced, StoreError};

impl Sessions {
    /// Changes a record, in the store before in memory. `change` may run again if somebody else
    /// writes in between, each time on the newest record.
    pub(crate) async fn update(
        &self,
        live: &Live,
        change: impl Fn(&mut Record) + Send,
    ) -> Result<Arc<Record>, UpdateError> {
        let key = live.key;
        for _ in 0..MOST_CONFLICTS {
            let (record, version) = live.versioned();
            let mut record = Record::clone(&record);
            change(&mut record);
            record.bind(self.lifetimes().bound);
            self.check_size(&record)?;
            let stored = self.stored(&record, &live.ticket, live.last_seen());
            match self.store.replace(key, version, stored).await? {
                Replaced::Done => {
                    let record = Arc::new(record.trimmed());
                    live.set(Arc::clone(&record), version + 1);
                    return Ok(record);
                }
                Replaced::Conflict => self.reload(live).await?,
                Replaced::Missing => {
                    self.forget_ended(live);
                    return Err(UpdateError::Ended);
                }
            }
        }
        Err(UpdateError::Store(StoreError::new(
            "the record changes faster than it can be written",
        )))
    }

    /// Takes over what another instance has written, if it has.
    pub(crate) async fn reload(&self, live: &Live) -> Result<(), UpdateError> {
        let Some(stored) = self.store.load(live.key).await? else {
            self.forget_ended(live);
            return Err(UpdateError::Ended);
        };
        if stored.version > live.versioned().1 {
            let record = self.open(&stored, &live.ticket)?;
            let record = record.ok_or(UpdateError::Ended)?;
            live.set(Arc::new(record.trimmed()), stored.version);
        }
        Ok(())
    }
}

/// Why a record was not changed.
#[derive(Debug)]
pub(crate) enum UpdateError {
    /// The session was signed out meanwhile; that wins.
    Ended,
    Store(StoreError),
}

impl From<StoreError> for UpdateError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

const MOST_CONFLICTS: usize = 5;
