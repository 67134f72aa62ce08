//! One request at a time for what many wait for: in this process, and among the processes.

use std::time::Duration;

use tokio::sync::Mutex;

use super::access_token::AccessToken;
use super::error::TokenError;
use super::failure::pause;
use super::turn::{Shared, Worker, take_turns};
use crate::metrics::{Refreshed, TokenFor, token_refreshed};
use crate::time::Timestamp;

/// The last failure, which those who waited share, and when it was.
pub(crate) type LastFailure = Option<(Timestamp, TokenError)>;

/// Somebody who needs a token.
pub(super) trait Needed: Shared<Outcome = Result<AccessToken, TokenError>> {
    /// Whose token it is.
    const FOR: TokenFor;

    fn now(&self) -> Timestamp;

    /// Held by the one of this process whose turn it is.
    fn turn(&self) -> &Mutex<LastFailure>;

    /// What is known by now without asking anybody: a token, or that there will be none.
    fn at_hand(&self) -> Option<Self::Outcome>;

    /// A token that would not be for long, in place of none.
    fn held(&self) -> Option<AccessToken>;
}

/// Waits for its turn, and asks unless the one before already has, or has just failed.
pub(super) async fn alone<N: Needed>(needed: &N) -> Result<AccessToken, TokenError> {
    let mut last_failure = needed.turn().lock().await;
    if let Some(outcome) = needed.at_hand() {
        token_refreshed(N::FOR, refreshed(&outcome, Worker::Another));
        return outcome;
    }
    if let Some((at, error)) = &*last_failure
        && needed.now().is_within(pause(error), *at)
    {
        token_refreshed(N::FOR, Refreshed::Throttled);
        return needed.held().ok_or_else(|| error.clone());
    }
    let outcome = take_turns(needed).await;
    let nothing = (
        Err(TokenError::Unavailable { retry_after: None }),
        Worker::This,
    );
    let (outcome, worker) = outcome.unwrap_or(nothing);
    token_refreshed(N::FOR, refreshed(&outcome, worker));
    *last_failure = match &outcome {
        Err(error @ TokenError::Unavailable { .. }) => Some((needed.now(), error.clone())),
        _ => None,
    };
    // Whatever went wrong, a token that is good for some more time serves this request.
    outcome.or_else(|error| needed.held().ok_or(error))
}

/// What a need for a token came to, for metrics.
fn refreshed(outcome: &Result<AccessToken, TokenError>, worker: Worker) -> Refreshed {
    match (outcome, worker) {
        (Ok(_), Worker::This) => Refreshed::Ok,
        (Ok(_), Worker::Another) => Refreshed::Shared,
        (Err(TokenError::Unavailable { .. }), Worker::This) => Refreshed::Transient,
        (Err(TokenError::Unavailable { .. }), Worker::Another) => Refreshed::Throttled,
        (Err(_), _) => Refreshed::Fatal,
    }
}

/// Whether nobody should ask again behind the requests: somebody is at it, or it has just failed.
pub(super) fn is_busy(turn: &Mutex<LastFailure>, now: Timestamp) -> bool {
    let Ok(last) = turn.try_lock() else {
        return true;
    };
    let failed = last.as_ref();
    failed.is_some_and(|(at, error)| now.is_within(pause(error).max(BEHIND_AGAIN), *at))
}

/// How long the next attempt waits after one that nobody waited for has failed.
const BEHIND_AGAIN: Duration = Duration::from_secs(30);
