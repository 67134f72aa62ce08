//! Failures that pass: for how long nobody asks again, on this instance and on the others.

use std::time::Duration;

use super::acquire::Tokens;
use super::error::TokenError;
use crate::session::{Live, Record, RefreshPause, UpdateError};
use crate::time::Timestamp;

impl Tokens {
    /// Lets the instances that share the store know, in the session's record.
    pub(super) async fn share_failure(&self, live: &Live, retry_after: Option<Duration>) {
        if self.sessions.are_in_browsers() {
            // There is nothing to share it by; and what the browser has by now may be newer.
            return;
        }
        let paused = RefreshPause::after(retry_after, self.now());
        let change = |record: &mut Record| record.refresh_pause = Some(paused);
        if let Err(UpdateError::Store(error)) = self.sessions.update(live, change).await {
            tracing::warn!(%error, "other instances do not hear of a failed refresh");
        }
    }
}

impl Record {
    /// The failure that another refresh has met and that still stands.
    pub(super) fn throttled(&self, now: Timestamp) -> Option<TokenError> {
        self.refresh_pause?.stands(now)
    }
}

impl RefreshPause {
    pub(super) fn after(retry_after: Option<Duration>, now: Timestamp) -> Self {
        let error = TokenError::Unavailable { retry_after };
        Self {
            until: now + pause(&error),
            asked_for: retry_after.is_some(),
        }
    }

    /// One that is said to stand longer than any does comes of a clock that was set back.
    pub(super) fn stands(self, now: Timestamp) -> Option<TokenError> {
        let left = self.until.since(now);
        let stands = !left.is_zero() && left <= LONGEST_PAUSE;
        stands.then(|| TokenError::Unavailable {
            retry_after: self.asked_for.then_some(left),
        })
    }
}

/// How long a failure stands for those who come after it: as long as the provider asked for with
/// `Retry-After` (RFC 9110 §10.2.3), an hour at most.
pub(super) fn pause(error: &TokenError) -> Duration {
    let asked = match error {
        TokenError::Unavailable { retry_after } => *retry_after,
        _ => None,
    };
    asked
        .unwrap_or(SHORTEST_PAUSE)
        .clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}

const SHORTEST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
