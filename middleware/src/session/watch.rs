//! Tells those who wait that a session has ended.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::live::Live;
use super::registry::Sessions;
use super::store::SessionKey;
use crate::future::BoxFuture;

/// The sessions whose end somebody waits for: streams and upgraded connections.
#[derive(Debug, Default)]
pub(super) struct Watches(Mutex<HashMap<SessionKey, Arc<watch::Sender<bool>>>>);

impl Watches {
    /// Tells everybody who waits for the end of this session.
    pub(super) fn end(&self, key: SessionKey) {
        if let Some(signal) = self.open().remove(&key) {
            signal.send_replace(true);
        }
    }

    /// Waits with the others; the signal, if this is the first.
    fn join(&self, key: SessionKey) -> (watch::Receiver<bool>, Option<Arc<watch::Sender<bool>>>) {
        let mut open = self.open();
        if let Some(signal) = open.get(&key) {
            return (signal.subscribe(), None);
        }
        let (signal, waiting) = watch::channel(false);
        let signal = Arc::new(signal);
        open.insert(key, Arc::clone(&signal));
        (waiting, Some(signal))
    }

    /// Whether nobody waits (any more); the session is then forgotten here.
    fn is_done(&self, key: SessionKey, signal: &watch::Sender<bool>) -> bool {
        let mut open = self.open();
        let over = *signal.borrow();
        if !over && signal.receiver_count() == 0 {
            open.remove(&key);
        }
        over || signal.receiver_count() == 0
    }

    fn open(&self) -> MutexGuard<'_, HashMap<SessionKey, Arc<watch::Sender<bool>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    /// Completes when the session ends: at once where it is signed out in this process, or the store
    /// tells of it; within the revalidation interval where it expires or another instance ends it.
    pub(crate) fn ended(self: &Arc<Self>, live: &Arc<Live>) -> BoxFuture<'static, ()> {
        let key = SessionKey::of(&live.ticket.id);
        let (mut waiting, first) = self.watches.join(key);
        if let Some(signal) = first {
            let (sessions, live) = (Arc::clone(self), Arc::clone(live));
            tokio::spawn(async move { sessions.guard(key, &live, &signal).await });
        }
        Box::pin(async move {
            // Without a signal there is nobody left to tell: over, too.
            let _ = waiting.wait_for(|ended| *ended).await;
        })
    }

    /// Looks after one session for all who wait for its end.
    async fn guard(&self, key: SessionKey, live: &Live, signal: &watch::Sender<bool>) {
        while !self.watches.is_done(key, signal) {
            match self.time_left(key, live).await {
                Some(left) => {
                    let pause = left.min(self.lifetimes().revalidate).max(SHORTEST_PAUSE);
                    // Either it is time to look again, or nobody waits any more.
                    let _ = tokio::time::timeout(pause, signal.closed()).await;
                }
                None => {
                    self.drop_over(live);
                    self.watches.end(key);
                }
            }
        }
    }
}

/// Clocks tick in seconds.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
