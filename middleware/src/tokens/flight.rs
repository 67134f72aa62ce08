//! One refresh at a time.

use std::time::Duration;

use super::access_token::AccessToken;
use super::acquire::Tokens;
use super::cache::{self, Found};
use super::error::TokenError;
use super::wanted::Wanted;
use crate::session::Live;

impl Tokens {
    /// Waits for its turn, and refreshes unless the one before already has, or has just failed.
    pub(super) async fn refresh_alone(
        &self,
        live: &Live,
        wanted: &Wanted,
    ) -> Result<AccessToken, TokenError> {
        let mut last_failure = live.refreshing.lock().await;
        let now = self.now();
        let record = live.record();
        if live.is_over() {
            return Err(wanted.sign_in());
        }
        let held = match cache::find(&record, |token| wanted.is_met_by(token), now) {
            Found::Fresh(token) => return Ok(token.into()),
            Found::Ageing(token) => Some(AccessToken::from(token)),
            Found::Nothing => None,
        };
        if let Some((at, error)) = &*last_failure
            && now.is_within(pause(error), *at)
        {
            return held.ok_or_else(|| error.clone());
        }
        let refreshed = self.refresh(live, &record, wanted).await;
        *last_failure = match &refreshed {
            Err(error @ TokenError::Unavailable { .. }) => Some((self.now(), error.clone())),
            _ => None,
        };
        // Whatever went wrong, a token that is good for some more minutes serves this request.
        refreshed.or_else(|error| held.ok_or(error))
    }
}

/// How long a failure stands for those who come after it.
fn pause(error: &TokenError) -> Duration {
    let asked = match error {
        TokenError::Unavailable { retry_after } => *retry_after,
        _ => None,
    };
    asked
        .unwrap_or(SHORTEST_PAUSE)
        .clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}

const SHORTEST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
