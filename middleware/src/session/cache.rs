//! The sessions in use, found without asking the store (L1).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::index::IndexKey;
use super::live::Live;
use super::lookup::Lookup;
use super::store::SessionKey;
use crate::cookie::SessionId;
use crate::metrics;

/// A bounded, sharded map of live sessions.
#[derive(Debug)]
pub(crate) struct Cache {
    shards: [Mutex<Shard>; SHARDS],
    /// The ids of the sessions in the shards. Locked after a shard, never before.
    lookup: Mutex<Lookup>,
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
pub(crate) struct Before {
    removals: u64,
    invalidations: u64,
}

impl Cache {
    /// Room for so many sessions, and for one in each shard at least.
    pub(crate) fn new(capacity: usize) -> Self {
        let capacity = (capacity / SHARDS).max(1);
        metrics::cache_opened(capacity * SHARDS);
        Self {
            shards: Default::default(),
            lookup: Mutex::default(),
            capacity,
        }
    }

    pub(crate) fn get(&self, id: &SessionId) -> Option<Arc<Live>> {
        self.shard(id).sessions.get(id).cloned()
    }

    /// To be called before the store is asked for `id`.
    pub(crate) fn before(&self, id: &SessionId, key: SessionKey) -> Before {
        Before {
            removals: self.shard(id).removals,
            invalidations: open(&self.lookup).invalidations(key),
        }
    }

    /// Adds a session, unless one was removed, or changed elsewhere, since `before`; returns the one
    /// to use.
    pub(crate) fn insert(&self, live: Arc<Live>, before: Before) -> Arc<Live> {
        let mut shard = self.shard(&live.ticket.id);
        if let Some(present) = shard.sessions.get(&live.ticket.id) {
            return Arc::clone(present);
        }
        let mut lookup = open(&self.lookup);
        let is_current = shard.removals == before.removals
            && lookup.invalidations(live.key) == before.invalidations;
        if is_current {
            if shard.sessions.len() >= self.capacity {
                make_room(&mut shard.sessions, &mut lookup);
            }
            lookup.add(&live);
            metrics::cache_grew();
            shard.sessions.insert(live.ticket.id, Arc::clone(&live));
        }
        live
    }

    /// The session of this record, which another instance has written: loads of it that began before
    /// are not put in.
    pub(super) fn invalidate(&self, key: SessionKey) -> Option<Arc<Live>> {
        let id = open(&self.lookup).invalidate(key)?;
        self.get(&id)
    }

    /// All sessions that are here at present.
    pub(super) fn all(&self) -> Vec<Arc<Live>> {
        let shards = self.shards.iter();
        shards
            .flat_map(|shard| open(shard).sessions.values().cloned().collect::<Vec<_>>())
            .collect()
    }

    pub(crate) fn remove(&self, id: &SessionId) {
        let mut shard = self.shard(id);
        shard.removals += 1;
        if let Some(live) = shard.sessions.remove(id) {
            metrics::cache_shrank();
            open(&self.lookup).remove(&live);
        }
    }

    /// The sessions under an index key.
    pub(crate) fn indexed(&self, index: IndexKey) -> Vec<Arc<Live>> {
        let ids: Vec<_> = open(&self.lookup).find(index).collect();
        ids.iter().filter_map(|id| self.get(id)).collect()
    }

    /// Removes those of the sessions under an index key that `ends` picks, and returns them.
    pub(crate) fn remove_indexed(
        &self,
        index: IndexKey,
        ends: impl Fn(&Live) -> bool,
    ) -> Vec<Arc<Live>> {
        let mut removed = self.indexed(index);
        removed.retain(|live| ends(live));
        for live in &removed {
            self.remove(&live.ticket.id);
        }
        removed
    }

    /// The store has removed sessions that may not be here: loads of them that began before are not
    /// put in.
    pub(crate) fn outdate_loads(&self) {
        for shard in &self.shards {
            open(shard).removals += 1;
        }
    }

    fn shard(&self, id: &SessionId) -> MutexGuard<'_, Shard> {
        // Ids are random, so any byte spreads them evenly.
        open(&self.shards[usize::from(id[0]) % SHARDS])
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        let held = |shard: &mut Mutex<Shard>| {
            let shard = shard.get_mut().unwrap_or_else(PoisonError::into_inner);
            shard.sessions.len()
        };
        let sessions = self.shards.iter_mut().map(held).sum();
        metrics::cache_dropped(self.capacity * SHARDS, sessions);
    }
}

/// Drops the half that was not seen for longest.
fn make_room(sessions: &mut HashMap<SessionId, Arc<Live>>, lookup: &mut Lookup) {
    let mut seen: Vec<_> = sessions.values().map(|live| live.last_seen()).collect();
    let middle = seen.len() / 2;
    let (_, limit, _) = seen.select_nth_unstable(middle);
    let limit = *limit;
    let mut surplus = middle + 1;
    let dropped = sessions.extract_if(|_, live| {
        let drop = surplus > 0 && live.last_seen() <= limit;
        surplus -= usize::from(drop);
        drop
    });
    let mut evicted = 0;
    for (_, live) in dropped {
        lookup.remove(&live);
        evicted += 1;
    }
    metrics::cache_evicted(evicted);
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

const SHARDS: usize = 16;

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;
    use crate::cookie::Ticket;
    use crate::session::{Claims, Origin, Record};
    use crate::time::Timestamp;

    fn live(subject: &str, seen: u64) -> Arc<Live> {
        let claims = Map::from_iter([("sub".to_owned(), Value::from(subject))]);
        let record = Record {
            claims: Claims::new(claims),
            edited: Map::new(),
            provider: "provider".to_owned(),
            user_flow: None,
            signed_in_at: Timestamp(0),
            expires_at: Timestamp(1000),
            grant: None,
            tokens: Vec::new(),
            ungranted: Vec::new(),
            authentications: Vec::new(),
            refresh_pause: None,
            origin: Origin::default(),
            unknown: Map::new(),
            bound_until: None,
        };
        let seen = Timestamp(seen);
        Arc::new(Live::new(Ticket::new(), record, 1, seen, seen))
    }

    fn insert(cache: &Cache, live: &Arc<Live>) {
        let before = cache.before(&live.ticket.id, live.key);
        cache.insert(Arc::clone(live), before);
    }

    #[test]
    fn a_users_sessions_are_removed_and_nobody_elses() {
        let cache = Cache::new(1600);
        let (ada, other, grace) = (live("ada", 1), live("ada", 2), live("grace", 3));
        for live in [&ada, &other, &grace] {
            insert(&cache, live);
        }
        let user = IndexKey::user("provider", "ada");
        let removed = cache.remove_indexed(user, |live| live.key != other.key);
        assert!(removed.len() == 1 && removed[0].key == ada.key);
        assert!(cache.get(&ada.ticket.id).is_none());
        assert!(cache.get(&other.ticket.id).is_some() && cache.get(&grace.ticket.id).is_some());
        cache.remove(&other.ticket.id);
        assert!(cache.remove_indexed(user, |_| true).is_empty());
        assert_eq!(open(&cache.lookup).len(), 2, "grace's two keys");
    }

    #[test]
    fn what_is_dropped_for_room_is_dropped_from_the_index() {
        let cache = Cache::new(16);
        for number in 0..500 {
            insert(&cache, &live(&number.to_string(), number));
        }
        let held: usize = cache
            .shards
            .iter()
            .map(|shard| open(shard).sessions.len())
            .sum();
        assert!(held <= 16, "{held}");
        assert_eq!(open(&cache.lookup).len(), 2 * held);
    }

    #[test]
    fn a_load_from_before_a_sign_out_is_not_put_in() {
        let cache = Cache::new(16);
        let live = live("ada", 1);
        let before = cache.before(&live.ticket.id, live.key);
        cache.outdate_loads();
        cache.insert(Arc::clone(&live), before);
        assert!(cache.get(&live.ticket.id).is_none());
    }

    #[test]
    fn a_load_from_before_an_invalidation_is_not_put_in() {
        let cache = Cache::new(16);
        let live = live("ada", 1);
        let before = cache.before(&live.ticket.id, live.key);
        assert!(cache.invalidate(live.key).is_none());
        cache.insert(Arc::clone(&live), before);
        assert!(cache.get(&live.ticket.id).is_none());
        insert(&cache, &live);
        assert!(
            cache
                .invalidate(live.key)
                .is_some_and(|found| found.key == live.key)
        );
        cache.remove(&live.ticket.id);
        assert!(cache.invalidate(live.key).is_none());
    }
}
