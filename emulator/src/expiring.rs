//! A map whose entries expire and whose size is capped.

use std::collections::{HashMap, VecDeque};

/// Forgets what is too old, and the oldest when it is full.
#[derive(Debug)]
pub(crate) struct Expiring<V> {
    capacity: usize,
    lifetime: i64,
    entries: HashMap<String, Entry<V>>,
    order: VecDeque<String>,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    expires_at: i64,
}

impl<V> Expiring<V> {
    /// Keeps at most `capacity` entries for `lifetime` seconds each.
    pub(crate) fn new(capacity: usize, lifetime: i64) -> Self {
        Self {
            capacity: capacity.max(1),
            lifetime,
            entries: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    /// Adds an entry under a key that was never used before.
    pub(crate) fn insert(&mut self, key: String, value: V, now: i64) {
        self.make_room(now);
        self.order.push_back(key.clone());
        let expires_at = now.saturating_add(self.lifetime);
        self.entries.insert(key, Entry { value, expires_at });
    }

    pub(crate) fn get_mut(&mut self, key: &str, now: i64) -> Option<&mut V> {
        let entry = self.entries.get_mut(key)?;
        (entry.expires_at > now).then_some(&mut entry.value)
    }

    /// Returns the entry and lets it live for another lifetime.
    pub(crate) fn touch(&mut self, key: &str, now: i64) -> Option<&mut V> {
        let entry = self.entries.get_mut(key)?;
        if entry.expires_at <= now {
            return None;
        }
        entry.expires_at = now.saturating_add(self.lifetime);
        Some(&mut entry.value)
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        self.entries.remove(key).map(|entry| entry.value)
    }

    /// Removes the living entries that `is_one` likes, and returns them.
    pub(crate) fn remove_all(&mut self, now: i64, is_one: impl Fn(&V) -> bool) -> Vec<V> {
        let is_one =
            |_: &String, entry: &mut Entry<V>| entry.expires_at > now && is_one(&entry.value);
        let removed = self.entries.extract_if(is_one);
        removed.map(|(_, entry)| entry.value).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn make_room(&mut self, now: i64) {
        while let Some(oldest) = self.order.front() {
            let outdated = match self.entries.get(oldest) {
                Some(entry) => entry.expires_at <= now || self.entries.len() >= self.capacity,
                None => true,
            };
            if !outdated {
                break;
            }
            self.entries.remove(oldest);
            self.order.pop_front();
        }
        // Entries that were removed leave their key behind an older, living one.
        if self.order.len() > 2 * self.capacity {
            let entries = &self.entries;
            self.order.retain(|key| entries.contains_key(key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_the_oldest_when_full() {
        let mut map = Expiring::new(3, 60);
        for number in 0..10 {
            map.insert(number.to_string(), number, 0);
        }
        assert_eq!(map.len(), 3);
        assert!(map.get_mut("6", 0).is_none());
        assert_eq!(map.get_mut("9", 0), Some(&mut 9));
    }

    #[test]
    fn forgets_what_has_expired() {
        let mut map = Expiring::new(3, 60);
        map.insert("a".into(), 1, 0);
        assert!(map.touch("a", 59).is_some());
        assert!(map.get_mut("a", 100).is_some());
        assert!(map.get_mut("a", 119).is_none());
        map.insert("b".into(), 2, 200);
        assert_eq!(map.len(), 1);
    }

    #[test]
    fn does_not_grow_by_keys_that_were_removed() {
        let mut map = Expiring::new(3, 60);
        map.insert("stays".into(), 0, 0);
        for number in 0..100 {
            map.insert(number.to_string(), number, 0);
            map.remove(&number.to_string());
        }
        assert!(map.order.len() <= 7);
    }
}
