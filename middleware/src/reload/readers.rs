//! The threads that read files for a layer.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::outcome::Reason;
use crate::blocking;

/// Reads files, for one after the other.
///
/// A thread that a disk or a pipe does not answer cannot be ended. It is given up after
/// [`READ_AT_MOST`], and the next one reads anew: the path may lead elsewhere by then. What a thread that was
/// given up reads at last nobody hears of.
#[derive(Debug)]
pub(super) struct Readers {
    /// Whose turn it is; whether the last thread was given up.
    turn: Mutex<bool>,
    /// A permit for each thread that there may be; it has it until it returns.
    threads: Arc<Semaphore>,
}

/// Nobody else reads until it is dropped.
pub(super) type Turn<'a> = MutexGuard<'a, bool>;

/// Why files are read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// Somebody wants them to be taken over.
    Reload,
    /// To see whether they have changed. While they hang the last thread is left to who wants more: for
    /// having put another file there, say.
    Look,
}

impl Default for Readers {
    fn default() -> Self {
        Self {
            turn: Mutex::default(),
            threads: Arc::new(Semaphore::new(MOST_THREADS)),
        }
    }
}

impl Readers {
    /// Reads files while nobody else does, for as long as the turn is held.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        purpose: Purpose,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(T, Turn<'_>), Reason> {
        let until = Instant::now() + READ_AT_MOST;
        let slow = |_| Reason::Slow(READ_AT_MOST);
        let mut is_hanging = timeout_at(until, self.turn.lock()).await.map_err(slow)?;
        let place = self.place(purpose, *is_hanging, until).await?;
        let reading = blocking::run("b2c-reload", move || {
            let read = read();
            drop(place);
            read
        });
        let read = timeout(READ_AT_MOST, reading).await;
        *is_hanging = read.is_err();
        let read = read.map_err(slow)?.map_err(Reason::Unread)?;
        Ok((read, is_hanging))
    }

    /// A place for one more thread.
    async fn place(
        &self,
        purpose: Purpose,
        is_hanging: bool,
        until: Instant,
    ) -> Result<OwnedSemaphorePermit, Reason> {
        if matches!(purpose, Purpose::Look)
            && is_hanging
            && self.threads.available_permits() == LEFT_TO_RELOADS
        {
            return Err(Reason::Unseen(MOST_THREADS - LEFT_TO_RELOADS));
        }
        let place = Arc::clone(&self.threads).acquire_owned();
        let place = timeout_at(until, place).await;
        let place = place.map_err(|_| Reason::Stuck(MOST_THREADS))?;
        place.map_err(|closed| Reason::Unread(io::Error::other(closed)))
    }
}

/// How long a reload, or a look whether there is to be one, waits for a disk; and, before that, for its turn.
const READ_AT_MOST: Duration = Duration::from_secs(5);
/// How many threads there are at most that read for a layer, with those that were given up.
const MOST_THREADS: usize = 3;
const LEFT_TO_RELOADS: usize = 1;
