//! The sessions in use, found without asking the store (L1).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::live::Live;
use crate::cookie::SessionId;

/// A bounded, sharded map of live sessions.
#[derive(Debug)]
pub(crate) struct Cache {
    shards: [Mutex<Shard>; SHARDS],
    capacity: usize,
}

#[derive(Debug, Default)]
struct Shard {
    sessions: HashMap<SessionId, Arc<Live>>,
    /// Counts removals, so that a load which began before a sign-out is not put back after it.
    removals: u64,
}

/// The state of the cache before the store was asked; see [`Cache::insert`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before(u64);

impl Cache {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            shards: Default::default(),
            capacity: (capacity / SHARDS).max(1),
        }
    }

    pub(crate) fn get(&self, id: &SessionId) -> Option<Arc<Live>> {
        self.shard(id).sessions.get(id).cloned()
    }

    /// To be called before the store is asked for `id`.
    pub(crate) fn before(&self, id: &SessionId) -> Before {
        Before(self.shard(id).removals)
    }

    /// Adds a session, unless one was removed since `before`; returns the one to use.
    pub(crate) fn insert(&self, live: Arc<Live>, before: Before) -> Arc<Live> {
        let mut shard = self.shard(&live.ticket.id);
        if let Some(present) = shard.sessions.get(&live.ticket.id) {
            return Arc::clone(present);
        }
        if shard.removals == before.0 {
            if shard.sessions.len() >= self.capacity {
                make_room(&mut shard.sessions);
            }
            shard.sessions.insert(live.ticket.id, Arc::clone(&live));
        }
        live
    }

    pub(crate) fn remove(&self, id: &SessionId) {
        let mut shard = self.shard(id);
        shard.removals += 1;
        shard.sessions.remove(id);
    }

    /// Removes every session that `ends` picks, and returns them: one pass over all, which is
    /// bounded by the capacity. Loads that began before are not put back.
    pub(crate) fn remove_where(&self, ends: impl Fn(&Live) -> bool) -> Vec<Arc<Live>> {
        let mut removed = Vec::new();
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.removals += 1;
            let gone = shard.sessions.extract_if(|_, live| ends(live));
            removed.extend(gone.map(|(_, live)| live));
        }
        removed
    }

    fn shard(&self, id: &SessionId) -> MutexGuard<'_, Shard> {
        // Ids are random, so any byte spreads them evenly.
        let shard = &self.shards[usize::from(id[0]) % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops the half that was not seen for longest.
fn make_room(sessions: &mut HashMap<SessionId, Arc<Live>>) {
    let mut seen: Vec<_> = sessions.values().map(|live| live.last_seen()).collect();
    let middle = seen.len() / 2;
    let (_, limit, _) = seen.select_nth_unstable(middle);
    let limit = *limit;
    let mut surplus = middle + 1;
    sessions.retain(|_, live| {
        let drop = surplus > 0 && live.last_seen() <= limit;
        surplus -= usize::from(drop);
        !drop
    });
}

const SHARDS: usize = 16;
