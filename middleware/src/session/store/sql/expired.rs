//! Removes what has expired: one instance for all, in the background.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::future::BoxFuture;
use crate::session::store::{Lease, LockKey, StoreError};

/// A database whose rows do not go by themselves.
pub(super) trait Expiring: Send + Sync + 'static {
    /// Removes some rows that have expired, [`BATCH`] at most, and tells how many.
    fn remove_expired(&self) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// As [`SessionStore::lock`](crate::SessionStore::lock).
    fn elect(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>>;

    /// As [`SessionStore::renew`](crate::SessionStore::renew).
    fn keep(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>>;
}

/// The task that removes; it ends with this.
#[derive(Debug)]
pub(super) struct Sweeper(JoinHandle<()>);

impl Sweeper {
    /// Looks every so often whether this instance is the one to remove, and removes.
    pub(super) fn start(database: Arc<impl Expiring>, every: Duration) -> Self {
        Self(tokio::spawn(async move {
            let mut lease = None;
            loop {
                match sweep(&*database, lease, every * TERM).await {
                    Ok(held) => lease = held,
                    // Whoever can reach the database goes on.
                    Err(error) => {
                        tracing::debug!(%error, "expired sessions are not removed at present");
                    }
                }
                tokio::time::sleep(every).await;
            }
        }))
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One round of whoever holds the lease: an instance that has it keeps it, another takes over when it
/// has not been kept.
async fn sweep(
    database: &impl Expiring,
    lease: Option<Lease>,
    term: Duration,
) -> Result<Option<Lease>, StoreError> {
    let kept = match lease {
        Some(lease) => database.keep(lease, term).await?,
        None => None,
    };
    let mut elected = match kept {
        Some(lease) => Some(lease),
        None => {
            database
                .elect(LockKey::named("expired sessions"), term)
                .await?
        }
    };
    while let Some(lease) = elected {
        if database.remove_expired().await? < BATCH {
            break;
        }
        // Others' statements come between, and a long clearance keeps its lease.
        tokio::time::sleep(PAUSE).await;
        elected = database.keep(lease, term).await?;
    }
    Ok(elected)
}

/// How many rows one statement removes: some milliseconds of the database's time.
pub(super) const BATCH: u64 = 1000;
/// How many rounds an instance stays elected without being heard of.
const TERM: u32 = 3;
const PAUSE: Duration = Duration::from_millis(20);
