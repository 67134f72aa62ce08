//! What is under which index key: of the memory store its records, of the cache its sessions.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::index::IndexKey;

/// Several values under each of several keys. Holds no key without a value.
#[derive(Debug)]
pub(super) struct Multimap<V>(HashMap<IndexKey, Values<V>>);

/// Most keys have one value, which then takes no set of its own.
#[derive(Debug)]
#[expect(
    clippy::box_collection,
    reason = "a set in place would make every entry twice as large"
)]
enum Values<V> {
    One(V),
    Several(Box<HashSet<V>>),
}

impl<V: Copy + Eq + Hash> Multimap<V> {
    pub(super) fn add(&mut self, indexes: impl IntoIterator<Item = IndexKey>, value: V) {
        for index in indexes {
            match self.0.entry(index) {
                Entry::Vacant(entry) => {
                    entry.insert(Values::One(value));
                }
                Entry::Occupied(mut entry) => entry.get_mut().add(value),
            }
        }
    }

    pub(super) fn remove(&mut self, indexes: impl IntoIterator<Item = IndexKey>, value: V) {
        for index in indexes {
            if let Entry::Occupied(mut entry) = self.0.entry(index)
                && !entry.get_mut().remove(value)
            {
                entry.remove();
            }
        }
    }

    pub(super) fn find(&self, index: IndexKey) -> impl Iterator<Item = V> {
        let (one, several) = match self.0.get(&index) {
            Some(Values::One(value)) => (Some(*value), None),
            Some(Values::Several(values)) => (None, Some(values.iter().copied())),
            None => (None, None),
        };
        one.into_iter().chain(several.into_iter().flatten())
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl<V: Copy + Eq + Hash> Values<V> {
    fn add(&mut self, value: V) {
        match self {
            Self::One(present) if *present == value => {}
            Self::One(present) => *self = Self::Several(Box::new([*present, value].into())),
            Self::Several(values) => {
                values.insert(value);
            }
        }
    }

    /// Whether any are left.
    fn remove(&mut self, value: V) -> bool {
        match self {
            Self::One(present) => *present != value,
            Self::Several(values) => {
                values.remove(&value);
                !values.is_empty()
            }
        }
    }
}

impl<V> Default for Multimap<V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}
