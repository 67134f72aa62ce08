//! Locks among the users of one store in one process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::lease::{Lease, LockKey};

/// Locks that nobody holds take no room.
#[derive(Debug, Default)]
pub(super) struct ProcessLocks(Mutex<Locks>);

#[derive(Debug, Default)]
struct Locks {
    held: HashMap<LockKey, Lease>,
    last_token: u64,
}

impl ProcessLocks {
    pub(super) fn lock(&self, key: LockKey, lasts: Duration) -> Option<Lease> {
        let now = SystemTime::now();
        let mut locks = self.open();
        // Those of holders that did not come back, as a future that was dropped.
        locks.held.retain(|_, lease| lease.until > now);
        if locks.held.contains_key(&key) {
            return None;
        }
        locks.last_token += 1;
        let lease = Lease {
            key,
            token: locks.last_token,
            until: now + lasts,
        };
        locks.held.insert(key, lease);
        Some(lease)
    }

    pub(super) fn renew(&self, lease: Lease, lasts: Duration) -> Option<Lease> {
        let now = SystemTime::now();
        let mut locks = self.open();
        let held = locks.held.get_mut(&lease.key);
        let held = held.filter(|held| held.token == lease.token && held.until > now)?;
        held.until = now + lasts;
        Some(*held)
    }

    pub(super) fn unlock(&self, lease: Lease) -> bool {
        let mut locks = self.open();
        let held = locks.held.get(&lease.key);
        if held.is_none_or(|held| held.token != lease.token) {
            return false;
        }
        let freed = locks.held.remove(&lease.key);
        freed.is_some_and(|freed| freed.until > SystemTime::now())
    }

    fn open(&self) -> MutexGuard<'_, Locks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
