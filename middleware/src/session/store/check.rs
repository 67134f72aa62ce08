//! Asks a store for everything that sessions need of it.

use std::time::{Duration, SystemTime};

use super::concern::StoreConcern;
use super::contract::SessionStore;
use super::error::StoreError;
use super::lease::LockKey;
use super::stored::{SessionKey, StoredRecord};
use crate::crypto::random;
use crate::session::index::IndexEntry;

/// What a store answers, now.
#[derive(Debug)]
pub struct StoreCheck {
    failed: Option<(Step, StoreError)>,
    concerns: Vec<StoreConcern>,
}

/// What the store was asked for.
#[derive(Clone, Copy, Debug)]
enum Step {
    Read,
    Write,
    Lock,
}

impl StoreCheck {
    /// What the store cannot do, for operators; `None` if it can do everything.
    pub fn problem(&self) -> Option<String> {
        let (step, error) = self.failed.as_ref()?;
        Some(match step {
            Step::Read => error.to_string(),
            Step::Write => format!("it can be read and not be written: {error}"),
            Step::Lock => format!("it can be written and gives no locks: {error}"),
        })
    }

    /// What is not right although it works.
    pub fn concerns(&self) -> &[StoreConcern] {
        &self.concerns
    }
}

/// Reads, writes and locks under keys of no session, and deletes the record again; what a store keeps
/// of a lock that was freed lasts [`BRIEFLY`]. A SQL store makes its tables when it is opened for this.
pub(crate) async fn check_store(store: &dyn SessionStore) -> StoreCheck {
    let failed = try_out(store).await.err();
    let concerns = match failed {
        // A server that does not tell is not worse than one that cannot.
        None => store.concerns().await.unwrap_or_default(),
        Some(_) => Vec::new(),
    };
    StoreCheck { failed, concerns }
}

async fn try_out(store: &dyn SessionStore) -> Result<(), (Step, StoreError)> {
    let step = |step| move |error| (step, error);
    let key = SessionKey::from_bytes(random());
    store.load(key).await.map_err(step(Step::Read))?;

    let record = StoredRecord {
        version: 1,
        expires_at: SystemTime::now() + BRIEFLY,
        bytes: b"check".to_vec(),
    };
    let nowhere = IndexEntry {
        keys: Vec::new(),
        summary: Vec::new(),
    };
    let written = store.insert(key, record, nowhere).await;
    written.map_err(step(Step::Write))?;
    let kept = store.load(key).await.map_err(step(Step::Write))?;
    let deleted = store.delete(key).await.map_err(step(Step::Write))?;
    if kept.is_none() || !deleted {
        let error = StoreError::new("what was written was gone a moment later");
        return Err((Step::Write, error));
    }

    let lock = LockKey::of_session("check", key);
    let lease = store.lock(lock, BRIEFLY).await.map_err(step(Step::Lock))?;
    let lease = lease.ok_or_else(|| {
        let error = StoreError::new("a lock that nobody holds is not to be had");
        (Step::Lock, error)
    })?;
    store.unlock(lease).await.map_err(step(Step::Lock))?;
    Ok(())
}

/// How long its traces last: of the lock, and of all should the check be interrupted.
const BRIEFLY: Duration = Duration::from_secs(30);
