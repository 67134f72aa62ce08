//! Changes that the store cannot take yet.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::live::Live;
use super::record::Record;
use super::registry::Sessions;
use super::update::UpdateError;

impl Sessions {
    /// Changes the record in memory, and in the store as soon as it answers again. Another instance
    /// may write first: `change` then runs again on what it wrote, so it must do no harm twice.
    pub(crate) fn update_later(
        &self,
        live: &Arc<Live>,
        change: impl Fn(&mut Record) + Send + Sync + 'static,
    ) -> Arc<Record> {
        let changed = live.change_in_memory(&change);
        let (sessions, live) = (self.this.clone(), Arc::clone(live));
        self.background.spawn(async move {
            let (mut pause, begun) = (SHORTEST_PAUSE, Instant::now());
            while begun.elapsed() < LONGEST {
                sleep(pause).await;
                let Some(sessions) = sessions.upgrade().filter(|_| !live.is_over()) else {
                    return;
                };
                match sessions.update(&live, &change).await {
                    Ok(_) | Err(UpdateError::Ended) => return,
                    Err(UpdateError::Store(error)) if error.is_permanent() => {
                        tracing::error!(session = ?live.key, %error, "a session's change is not kept");
                        return;
                    }
                    Err(UpdateError::Store(_)) => pause = (pause * 2).min(LONGEST_PAUSE),
                }
            }
            tracing::error!(session = ?live.key, "a session's change was never stored");
        });
        changed
    }
}

const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A store that is away for longer has been replaced, or sessions have come to an end.
const LONGEST: Duration = Duration::from_secs(3600);
