//! The tokens seen before: one lookup in place of a signature check.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::token::Bearer;
use crate::provider::Metadata;
use crate::time::Timestamp;

/// Verified tokens by the SHA-256 of the whole token, bounded and sharded.
pub(super) struct TokenCache {
    shards: [Mutex<HashMap<Hash, Known>>; SHARDS],
    /// Of each shard.
    capacity: usize,
}

/// The SHA-256 of a token.
pub(super) type Hash = [u8; 32];

/// A token that was verified.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) bearer: Bearer,
    /// What it was verified with. Other metadata means other keys: it counts no more.
    pub(super) metadata: Arc<Metadata>,
    /// Which of the sources has that metadata.
    pub(super) source: usize,
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
}

impl Known {
    /// Verified at `now`; it counts until it ends, and for five minutes at most.
    pub(super) fn new(
        bearer: Bearer,
        metadata: Arc<Metadata>,
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

impl TokenCache {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            shards: Default::default(),
            capacity: capacity.div_ceil(SHARDS),
        }
    }

    /// The token if it was verified and still counts; `is_current` tells of the metadata.
    pub(super) fn get(
        &self,
        hash: &Hash,
        now: Timestamp,
        is_current: impl FnOnce(usize, &Arc<Metadata>) -> bool,
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

    pub(super) fn insert(&self, hash: Hash, known: Known) {
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

    fn shard(&self, hash: &Hash) -> MutexGuard<'_, HashMap<Hash, Known>> {
        let shard = &self.shards[usize::from(hash[0]) % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops what has ended; if that is not enough, the half that ends first.
fn make_room(shard: &mut HashMap<Hash, Known>, now: Timestamp) {
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
