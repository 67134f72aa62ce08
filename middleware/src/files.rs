//! Looks at files again and again, on a disk that may hang.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::blocking;

/// The threads that look at one group of files.
///
/// One that a disk or a pipe does not answer cannot be ended. It is given up after [`READ_AT_MOST`], and the
/// next look begins another: the path may lead elsewhere by then. What a thread that was given up reads at
/// last nobody hears of.
#[derive(Debug)]
pub(crate) struct Looks {
    name: &'static str,
    /// A permit for each thread that there may be; it has it until it returns.
    threads: Arc<Semaphore>,
}

/// Why files could not be looked at.
#[derive(Debug)]
pub(crate) enum Unseen {
    /// The disk has not answered for [`READ_AT_MOST`].
    Slow,
    /// [`MOST_THREADS`] that have looked before wait for the disk still.
    Stuck,
    /// The system has no thread to look with, or it has not come to its end.
    NoThread(io::Error),
}

impl Looks {
    /// On threads of this name.
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            threads: Arc::new(Semaphore::new(MOST_THREADS)),
        }
    }

    /// Does it on a thread, and waits for as long as that is not given up.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unseen> {
        let place = Arc::clone(&self.threads).try_acquire_owned();
        let place = place.map_err(|_| Unseen::Stuck)?;
        let looking = blocking::run(self.name, move || {
            let seen = look();
            drop(place);
            seen
        });
        let seen = timeout(READ_AT_MOST, looking).await;
        seen.map_err(|_| Unseen::Slow)?.map_err(Unseen::NoThread)
    }
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slow => write!(
                f,
                "no answer within {} seconds; see whether the disk or the mount answers",
                READ_AT_MOST.as_secs()
            ),
            Self::Stuck => write!(
                f,
                "{MOST_THREADS} threads that have begun to look hang, and no more are started before one of \
                 them returns; see whether the disk or the mount answers, or restart the app"
            ),
            Self::NoThread(error) => write!(
                f,
                "there is no thread to look with ({error}); see how many threads and how much memory the \
                 process may have"
            ),
        }
    }
}

/// How long a look waits for a disk.
const READ_AT_MOST: Duration = Duration::from_secs(5);
/// How many threads there are at most, with those that were given up.
const MOST_THREADS: usize = 3;
