//! Does the session store answer?

use std::time::Duration;

use super::report::{HealthCheck, HealthStatus};
use crate::crypto::random;
use crate::layer::Current;
use crate::session::{SessionKey, SessionStore};
use crate::time::Timestamp;

/// Looks a session up that nobody has. Nothing is written.
///
/// Sessions in memory go on for `grace` without the store, on every instance: to take them all out at
/// once would end what they still serve.
pub(super) async fn examine(
    store: &dyn SessionStore,
    current: &Current,
    grace: Duration,
    now: Timestamp,
) -> HealthCheck {
    let check = HealthCheck::vital("store");
    let looked_up = store.load(SessionKey::from_bytes(random()));
    let problem = match tokio::time::timeout(LONGEST_WAIT, looked_up).await {
        Ok(Ok(_)) => {
            current.note_store(now);
            return check;
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => {
            let longest = LONGEST_WAIT.as_millis();
            format!("the session store did not answer within {longest} ms")
        }
    };
    match current.store_answered() {
        Some(last) if now.is_within(grace, last) => {
            let away = now.since(last).as_secs();
            let check = check.fact("away_seconds", away);
            let problem = format!("{problem}; sessions in memory go on");
            check.found(HealthStatus::Warn, problem)
        }
        _ => check.found(HealthStatus::Fail, problem),
    }
}

const LONGEST_WAIT: Duration = Duration::from_millis(900);
