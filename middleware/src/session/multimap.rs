//! What is under which index key: of the memory store its records, of the cache its sessions.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::index::IndexKey;

/// Several values under each of several keys. Holds no key without a value.
#[derive(Debug)]
pub(super) struct Multimap<V>(HashMap<IndexKey, HashSet<V>>);

impl<V: Copy + Eq + Hash> Multimap<V> {
    pub(super) fn add(&mut self, indexes: impl IntoIterator<Item = IndexKey>, value: V) {
        for index in indexes {
            self.0.entry(index).or_default().insert(value);
        }
    }

    pub(super) fn remove(&mut self, indexes: impl IntoIterator<Item = IndexKey>, value: V) {
        for index in indexes {
            if let Some(values) = self.0.get_mut(&index) {
                values.remove(&value);
                if values.is_empty() {
                    self.0.remove(&index);
                }
            }
        }
    }

    pub(super) fn find(&self, index: IndexKey) -> impl Iterator<Item = V> {
        self.0.get(&index).into_iter().flatten().copied()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl<V> Default for Multimap<V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}
