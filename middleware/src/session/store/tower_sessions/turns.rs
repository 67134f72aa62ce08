//! Who is next to change a record: in this process one after another.

use tokio::sync::{Mutex, MutexGuard};

/// Turns at as many things as there may be, by a byte of their key: two that share one wait for each
/// other without need, and no harm is done.
pub(super) struct Turns(Vec<Mutex<()>>);

impl Turns {
    pub(super) fn new() -> Self {
        Self((0..COUNT).map(|_| Mutex::default()).collect())
    }

    /// The turn at all that these keys name. Taken in one order, so that nobody waits in a circle.
    pub(super) async fn at<'a>(&'a self, keys: &[[u8; 32]]) -> Vec<MutexGuard<'a, ()>> {
        let mut numbers: Vec<_> = keys.iter().map(|key| usize::from(key[0]) % COUNT).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut turns = Vec::with_capacity(numbers.len());
        for turn in numbers.into_iter().filter_map(|number| self.0.get(number)) {
            turns.push(turn.lock().await);
        }
        turns
    }
}

const COUNT: usize = 64;
