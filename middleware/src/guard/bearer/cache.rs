//! The tokens seen before: one lookup in place of a signature check.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::token::Bearer;
use crate::time::Timestamp;

/// Verified tokens by the SHA-256 of the whole token, bounded and sharded; `M` is what they were
/// verified with.
pub(super) struct TokenCache<M> {
    shards: [Mutex<HashMap<Hash, Known<M>>>; SHARDS],
    /// Of each shard.
    capacity: usize,
}

/// The SHA-256 of a token.
pub(super) type Hash = [u8; 32];

/// A token that was verified.
pub(super) struct Known<M> {
    bearer: Bearer,
    /// What it was verified with. Other metadata means other keys: it counts no more.
    metadata: Arc<M>,
    /// Which of the sources has that metadata.
    source: usize,
    since: Timestamp,
    until: Timestamp,
}

impl<M> Known<M> {
    /// Verified at `now`; it counts until it ends, and for five minutes at most.
    pub(super) fn new(
        bearer: Bearer,
        metadata: Arc<M>,
        source: usize,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            bearer,
            metadata,
            source,
            since: now,
            until: expires_at.min(now + LONGEST),
        }
    }
}

impl<M> TokenCache<M> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            capacity: capacity.div_ceil(SHARDS),
        }
    }

    /// The token if it was verified and still counts; `is_current` tells of the metadata.
    pub(super) fn get(
        &self,
        hash: &Hash,
        now: Timestamp,
        is_current: impl FnOnce(usize, &Arc<M>) -> bool,
    ) -> Option<Bearer> {
        let mut shard = self.shard(hash);
        let known = shard.get(hash)?;
        // A clock that was set back tells nothing about what was remembered by it.
        let in_time = known.since <= now && now < known.until;
        if in_time && is_current(known.source, &known.metadata) {
            return Some(known.bearer.clone());
        }
        shard.remove(hash);
        None
    }

    pub(super) fn insert(&self, hash: Hash, known: Known<M>) {
        if self.capacity == 0 {
            return;
        }
        let now = known.since;
        let mut shard = self.shard(&hash);
        if shard.len() >= self.capacity {
            make_room(&mut shard, now);
        }
        shard.insert(hash, known);
    }

    fn shard(&self, hash: &Hash) -> MutexGuard<'_, HashMap<Hash, Known<M>>> {
        let shard = &self.shards[usize::from(hash[0]) % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops what has ended; if that is not enough, the half that ends first.
fn make_room<M>(shard: &mut HashMap<Hash, Known<M>>, now: Timestamp) {
    let before = shard.len();
    shard.retain(|_, known| now < known.until);
    if shard.len() < before {
        return;
    }
    let mut ends: Vec<_> = shard.values().map(|known| known.until).collect();
    let middle = ends.len() / 2;
    let (_, limit, _) = ends.select_nth_unstable(middle);
    let limit = *limit;
    let mut surplus = middle + 1;
    shard.retain(|_, known| {
        let drop = surplus > 0 && known.until <= limit;
        surplus -= usize::from(drop);
        !drop
    });
}

const SHARDS: usize = 16;

/// A key that the provider has withdrawn counts for as long at most.
const LONGEST: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::jwt::Accepted;

    const NOW: Timestamp = Timestamp(1_768_470_639);

    fn hash(number: u16) -> Hash {
        let mut hash = [0; 32];
        hash[..2].copy_from_slice(&number.to_le_bytes());
        hash
    }

    fn known(now: Timestamp, expires_at: Timestamp) -> Known<()> {
        let accepted = Accepted {
            expires_at,
            binding: None,
        };
        let bearer = Bearer::new(Map::new(), "default".into(), accepted, None);
        Known::new(bearer, Arc::new(()), 0, now, expires_at)
    }

    fn held(cache: &TokenCache<()>) -> usize {
        (0..=255)
            .map(|shard| cache.shard(&hash(shard)).len())
            .sum::<usize>()
            / (256 / SHARDS)
    }

    #[test]
    fn it_never_holds_more_than_it_may() {
        let cache = TokenCache::new(160);
        for number in 0..5000 {
            let ends = NOW + Duration::from_secs(u64::from(number % 600));
            cache.insert(hash(number), known(NOW, ends));
            assert!(held(&cache) <= 160);
        }
        assert!(held(&cache) >= 40, "half of a full shard stays");
        let none = TokenCache::new(0);
        none.insert(hash(1), known(NOW, NOW + LONGEST));
        assert_eq!(held(&none), 0);
    }

    #[test]
    fn a_token_counts_until_it_ends_and_for_five_minutes_at_most() {
        for (lifetime, counts) in [(60, 60), (300, 300), (3600, 300)] {
            let ends = NOW + Duration::from_secs(lifetime);
            let at = |seconds| {
                let cache = TokenCache::new(16);
                cache.insert(hash(1), known(NOW, ends));
                let then = NOW + Duration::from_secs(seconds);
                cache.get(&hash(1), then, |_, _| true).is_some()
            };
            assert!(at(0) && at(counts - 1), "{lifetime}");
            assert!(!at(counts), "{lifetime}");
        }
        let cache = TokenCache::new(16);
        cache.insert(hash(1), known(NOW, NOW + LONGEST));
        let set_back = Timestamp(NOW.0 - 1);
        assert!(cache.get(&hash(1), set_back, |_, _| true).is_none());
    }

    #[test]
    fn what_was_verified_with_old_keys_is_forgotten() {
        let cache = TokenCache::new(16);
        cache.insert(hash(1), known(NOW, NOW + LONGEST));
        assert!(cache.get(&hash(1), NOW, |_, _| true).is_some());
        assert!(cache.get(&hash(1), NOW, |_, _| false).is_none());
        assert_eq!(held(&cache), 0);
    }
}
