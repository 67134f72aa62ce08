//! How many sessions one user has at a time.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::live::Live;
use super::registry::Sessions;
use super::store::{Lease, LockKey, SessionKey, StoreError};
use crate::config::WhenFull;
use crate::metrics::{SessionEnd, sessions_ended};

impl Sessions {
    /// Waits for the other sign-ins of this user where the last ones to come are refused: of several
    /// that are in the store and not yet admitted, each would count the others, and none would stay.
    ///
    /// `None` where nobody is refused, and after a long wait: then one too many may be refused, and
    /// never one too few.
    pub(super) async fn take_turn(&self, live: &Live) -> Result<Option<Lease>, StoreError> {
        let refuses = self
            .limit()
            .is_some_and(|limit| limit.when_full == WhenFull::Refuse);
        let Some(user) = live.indexes.user().filter(|_| refuses) else {
            return Ok(None);
        };
        let (key, started) = (LockKey::of_user("room", user), Instant::now());
        let mut pause = SHORTEST_PAUSE;
        while started.elapsed() < LONGEST_WAIT {
            if let Some(lease) = self.store.lock(key, LEASE).await? {
                return Ok(Some(lease));
            }
            let [byte] = crate::crypto::random::<1>();
            sleep(pause / 2 + pause / 2 * u32::from(byte) / 255).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Ok(None)
    }

    pub(super) async fn end_turn(&self, turn: Option<Lease>) {
        if let Some(lease) = turn
            && let Err(error) = self.store.unlock(lease).await
        {
            tracing::warn!(%error, "the user's next sign-in waits until a lock runs out");
        }
    }

    /// Holds a user's sessions to `session.max_per_user`, with one more in the store already; tells
    /// whether that may stay. `replaced` is about to end and does not count.
    ///
    /// Of several sign-ins at once each sees all that were added before it looks, so that the last to
    /// look sees them all: at most as many stay as may.
    pub(super) async fn make_room(
        &self,
        live: &Live,
        replaced: Option<SessionKey>,
    ) -> Result<bool, StoreError> {
        let (Some(limit), Some(user)) = (self.limit(), live.indexes.user()) else {
            return Ok(true);
        };
        let mut found = self.find_indexed(user).await?;
        found.retain(|(session, _)| Some(session.key) != replaced);
        let surplus = found.len().saturating_sub(limit.most);
        if surplus == 0 {
            return Ok(true);
        }
        if limit.when_full == WhenFull::Refuse {
            self.store.delete(live.key).await?;
            return Ok(false);
        }
        // One without a readable summary is taken for the oldest.
        found.sort_unstable_by_key(|(session, summary)| {
            let began = summary
                .as_ref()
                .map(|summary| (summary.signed_in_at, summary.began));
            (began, *session.key.as_bytes())
        });
        self.set_ending(user, |live| {
            let mut ending = found.iter().take(surplus);
            ending.any(|(session, _)| session.key == live.key)
        });
        let mut may_stay = true;
        for (session, _) in found.iter().take(surplus) {
            may_stay &= session.key != live.key;
            if self.store.delete(session.key).await? {
                sessions_ended(SessionEnd::Room, 1);
            }
        }
        self.cache.outdate_loads();
        self.forget(user, |live| {
            let mut ended = found.iter().take(surplus);
            ended.any(|(session, _)| session.key == live.key)
        });
        tracing::info!(
            sessions = surplus,
            "a user's oldest sessions made room for a new one"
        );
        Ok(may_stay)
    }
}

/// How long an instance that dies keeps a user's other sign-ins waiting. Longer than the three calls of
/// a turn take together, each a moment short of a store's `timeout_seconds` (1 by default): of two
/// with the lock at once each would count the other.
const LEASE: Duration = Duration::from_secs(6);
/// Outlasts the lease of one that has died.
const LONGEST_WAIT: Duration = Duration::from_secs(8);
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(80);
