//! Work behind the requests, which somebody may have to wait for.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Counts the tasks that must not be cut off: tokens that are being refreshed, writes that the store
/// has yet to hear of. Clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Background(Arc<Count>);

#[derive(Debug, Default)]
struct Count {
    running: AtomicUsize,
    idle: Notify,
}

impl Background {
    /// Runs a task that is waited for.
    pub(crate) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        let running = Running::new(&self.0);
        tokio::spawn(async move {
            let done = work.await;
            drop(running);
            done
        })
    }

    /// Waits until no task runs.
    pub(crate) async fn idle(&self) {
        loop {
            let idle = self.0.idle.notified();
            if self.0.running.load(Ordering::Acquire) == 0 {
                return;
            }
            idle.await;
        }
    }
}

/// A task that runs, until it ends, panics or is given up.
struct Running(Arc<Count>);

impl Running {
    fn new(count: &Arc<Count>) -> Self {
        count.running.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(count))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.0.running.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}
