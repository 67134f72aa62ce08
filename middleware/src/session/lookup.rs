//! The sessions in the cache by anything but their ids.

use std::collections::HashMap;

use super::index::IndexKey;
use super::live::Live;
use super::multimap::Multimap;
use super::store::SessionKey;
use crate::cookie::SessionId;

/// Finds cached sessions by their records and by what they have in common.
#[derive(Debug)]
pub(super) struct Lookup {
    by_key: HashMap<SessionKey, SessionId>,
    indexed: Multimap<SessionId>,
    /// Counts invalidations, by a part of the key: a load that began before one is outdated.
    invalidations: Vec<u64>,
}

impl Lookup {
    pub(super) fn add(&mut self, live: &Live) {
        self.by_key.insert(live.key, live.ticket.id);
        self.indexed.add(live.indexes.iter(), live.ticket.id);
    }

    pub(super) fn remove(&mut self, live: &Live) {
        self.by_key.remove(&live.key);
        self.indexed.remove(live.indexes.iter(), live.ticket.id);
    }

    pub(super) fn find(&self, index: IndexKey) -> impl Iterator<Item = SessionId> {
        self.indexed.find(index)
    }

    /// How many there have been that concern this key, and perhaps others.
    pub(super) fn invalidations(&self, key: SessionKey) -> u64 {
        self.invalidations[part(key)]
    }

    /// Counts one, and finds the session that it concerns.
    pub(super) fn invalidate(&mut self, key: SessionKey) -> Option<SessionId> {
        self.invalidations[part(key)] += 1;
        self.by_key.get(&key).copied()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.indexed.len()
    }
}

impl Default for Lookup {
    fn default() -> Self {
        Self {
            by_key: HashMap::new(),
            indexed: Multimap::default(),
            invalidations: vec![0; PARTS],
        }
    }
}

/// Keys are hashes, so any byte spreads them evenly.
fn part(key: SessionKey) -> usize {
    usize::from(key.as_bytes()[0])
}

const PARTS: usize = 256;
