//! When a store last answered.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::time::{Clock, Timestamp};

/// For probes, which are further apart than requests may be. Nobody waits for anybody to note it.
pub(crate) struct Answered {
    /// Zero if never.
    at: AtomicU64,
    clock: Arc<dyn Clock>,
}

impl Answered {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        let at = AtomicU64::new(0);
        Arc::new(Self { at, clock })
    }

    /// It has answered now.
    pub(crate) fn note(&self) {
        let now = Timestamp::now(&*self.clock);
        self.at.store(now.0, Ordering::Relaxed);
    }

    pub(crate) fn last(&self) -> Option<Timestamp> {
        let at = Timestamp(self.at.load(Ordering::Relaxed));
        (at > Timestamp::default()).then_some(at)
    }
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Answered").field(&self.last()).finish()
    }
}
