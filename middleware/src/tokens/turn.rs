//! One instance at a time, by a lease in the store; the others wait for what it brings.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::session::{Lease, LockKey, SessionStore, StoreError};

/// Work that one instance does for all.
pub(super) trait Shared: Sync {
    /// What comes of it.
    type Outcome: Send;

    fn store(&self) -> &dyn SessionStore;

    /// What the work is about.
    fn lock(&self) -> LockKey;

    /// Looks into the store for what another instance has brought.
    fn look(&self) -> impl Future<Output = Result<Option<Self::Outcome>, StoreError>> + Send;

    /// Waits until there may be something to look at, for so long at most.
    fn news(&self, at_most: Duration) -> impl Future<Output = ()> + Send;

    /// Does it, and leaves in the store what it brought.
    fn work(&self) -> impl Future<Output = Self::Outcome> + Send;
}

/// Who did the work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Worker {
    This,
    Another,
}

/// Does the work when it is this instance's turn, unless another has done it by then; `None` if that
/// takes longer than anybody waits.
///
/// While another instance holds the lease, and so goes on renewing it, nothing is done here but
/// waiting. If it dies the lease runs out and the next one takes over. If the store is away there is
/// no telling, and every instance works for itself.
pub(super) async fn take_turns<S: Shared>(shared: &S) -> Option<(S::Outcome, Worker)> {
    let (key, started) = (shared.lock(), Instant::now());
    let (mut pause, mut failures) = (SHORTEST_PAUSE, 0);
    loop {
        let turn = match shared.store().lock(key, LEASE).await {
            Ok(Some(lease)) => return Some(with_lease(shared, lease).await),
            // Somebody else's. What they bring may be there already.
            Ok(None) => shared.look().await,
            Err(error) => Err(error),
        };
        match turn {
            Ok(Some(outcome)) => return Some((outcome, Worker::Another)),
            Ok(None) if started.elapsed() > LONGEST_WAIT => return None,
            Ok(None) => {
                failures = 0;
                shared.news(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            // One answer that got lost does not mean that the others are not at it.
            Err(_) if failures < TOLERATED => {
                failures += 1;
                sleep(LONGEST_PAUSE).await;
            }
            Err(error) => {
                tracing::warn!(%error, "without the store, this instance asks the provider for itself");
                return Some((shared.work().await, Worker::This));
            }
        }
    }
}

async fn with_lease<S: Shared>(shared: &S, lease: Lease) -> (S::Outcome, Worker) {
    // The one before may have finished in between.
    let ((outcome, lease), worker) = match shared.look().await {
        Ok(Some(outcome)) => ((outcome, lease), Worker::Another),
        Ok(None) | Err(_) => (renewing(shared, lease).await, Worker::This),
    };
    if let Err(error) = shared.store().unlock(lease).await {
        tracing::warn!(%error, "a lock stays held until its lease runs out");
    }
    (outcome, worker)
}

/// Works, and goes on holding the lease meanwhile.
async fn renewing<S: Shared>(shared: &S, mut lease: Lease) -> (S::Outcome, Lease) {
    let mut work = pin!(shared.work());
    loop {
        if let Ok(outcome) = timeout(LEASE / 3, &mut work).await {
            return (outcome, lease);
        }
        match shared.store().renew(lease, LEASE).await {
            Ok(Some(renewed)) => lease = renewed,
            // The request is on its way; compare-and-swap decides what comes of two.
            Ok(None) => tracing::warn!("a lease was lost while the provider was asked"),
            Err(error) => tracing::warn!(%error, "a lease could not be renewed"),
        }
    }
}

/// How long an instance that dies keeps the others waiting.
const LEASE: Duration = Duration::from_secs(6);
/// Longer than a provider is waited for twice over.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const SHORTEST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// How many errors of the store in a row are not yet its end.
const TOLERATED: u32 = 2;
