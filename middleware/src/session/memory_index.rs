//! Which records of the memory store are under which index key.

use std::collections::{HashMap, HashSet};

use super::index::IndexKey;
use super::store::SessionKey;

/// Index keys to record keys; holds no more than the records themselves.
#[derive(Debug, Default)]
pub(super) struct MemoryIndex {
    entries: HashMap<IndexKey, HashSet<SessionKey>>,
}

impl MemoryIndex {
    pub(super) fn add(&mut self, indexes: &[IndexKey], key: SessionKey) {
        for index in indexes {
            self.entries.entry(*index).or_default().insert(key);
        }
    }

    pub(super) fn remove(&mut self, indexes: &[IndexKey], key: SessionKey) {
        for index in indexes {
            if let Some(keys) = self.entries.get_mut(index) {
                keys.remove(&key);
                if keys.is_empty() {
                    self.entries.remove(index);
                }
            }
        }
    }

    pub(super) fn find(&self, index: IndexKey) -> impl Iterator<Item = SessionKey> {
        self.entries.get(&index).into_iter().flatten().copied()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}
