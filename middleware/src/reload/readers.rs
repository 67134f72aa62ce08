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
pub(super) struct Turn<'a> {
    is_hanging: MutexGuard<'a, bool>,
    threads: &'a Arc<Semaphore>,
    /// How long it may wait for a thread.
    until: Instant,
}

/// Why files are read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// Somebody wants them to be taken over.
    Reload,
    /// To see whether they have changed. The last threads are left to who wants more: for having put another
    /// file there, say.
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
    /// Waits until nobody else reads.
    pub(super) async fn turn(&self) -> Result<Turn<'_>, Reason> {
        let until = Instant::now() + READ_AT_MOST;
        let turn = timeout_at(until, self.turn.lock()).await;
        Ok(Turn {
            is_hanging: turn.map_err(|_| Reason::Busy(READ_AT_MOST))?,
            threads: &self.threads,
            until,
        })
    }
}

impl Turn<'_> {
    /// Reads files.
    pub(super) async fn read<T: Send + 'static>(
        &mut self,
        purpose: Purpose,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Reason> {
        let place = self.place(purpose).await?;
        let reading = blocking::run("b2c-reload", move || {
            let read = read();
            drop(place);
            read
        });
        let read = timeout(READ_AT_MOST, reading).await;
        *self.is_hanging = read.is_err();
        let read = read.map_err(|_| Reason::Slow(READ_AT_MOST))?;
        read.map_err(Reason::Unread)
    }

    /// A place for one more thread.
    async fn place(&self, purpose: Purpose) -> Result<OwnedSemaphorePermit, Reason> {
        let threads = Arc::clone(self.threads);
        match purpose {
            Purpose::Reload => {
                let place = timeout_at(self.until, threads.acquire_owned()).await;
                let place = place.map_err(|_| Reason::Stuck(MOST_THREADS))?;
                place.map_err(|closed| Reason::Unread(io::Error::other(closed)))
            }
            Purpose::Look => {
                let left = if *self.is_hanging {
                    LEFT_WHILE_IT_HANGS
                } else {
                    LEFT_TO_RELOADS
                };
                let places = threads.try_acquire_many_owned(1 + left);
                let place = places.ok().and_then(|mut places| places.split(1));
                place.ok_or_else(|| Reason::Unseen {
                    threads: MOST_THREADS - self.threads.available_permits(),
                    after_reload: self.threads.available_permits() > LEFT_TO_RELOADS as usize,
                })
            }
        }
    }
}

/// How long a reload, or a look whether there is to be one, waits for a disk; and, before that, for its turn.
const READ_AT_MOST: Duration = Duration::from_secs(5);
/// How many threads there are at most that read for a layer, with those that were given up.
const MOST_THREADS: usize = 4;
/// How many of them no look takes, whatever hangs.
const LEFT_TO_RELOADS: u32 = 1;
/// The same while the last one hangs.
const LEFT_WHILE_IT_HANGS: u32 = 2;
