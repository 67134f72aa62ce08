//! Does the session store answer?

use std::time::Duration;

use super::report::{HealthCheck, HealthStatus};
use crate::crypto::random;
use crate::session::{SessionKey, SessionStore, Sessions};

/// Looks a session up that nobody has. Nothing is written.
///
/// Sessions in memory go on for a while without the store (`session.store_grace_seconds`), on every instance:
/// to take them all out at once would end what they still serve. When the store last answered it did so to a
/// request as well as to a probe, which may be minutes apart.
pub(super) async fn examine(sessions: &Sessions) -> HealthCheck {
    let check = HealthCheck::vital(STORE);
    let Some(problem) = problem(sessions.store()).await else {
        // Of a store in memory nothing else may be noted.
        sessions.answered.note();
        return check;
    };
    let grace = sessions.lifetimes().store_grace;
    // Somebody may have been answered while this was waited for.
    let now = sessions.now();
    match sessions.answered.last() {
        Some(last) if now.is_within(grace, last) => {
            let away = now.since(last).as_secs();
            let check = check.fact("away_seconds", away);
            let problem = format!("{problem}; sessions in memory go on");
            check.found(HealthStatus::Warn, problem)
        }
        _ => check.found(HealthStatus::Fail, problem),
    }
}

/// Looks whether the store answers in which instances see each other's proofs of possession. Without it
/// requests with tokens that are bound to a key are refused, and all others go on.
pub(super) async fn examine_proofs(store: &dyn SessionStore) -> HealthCheck {
    let check = HealthCheck::of(STORE);
    match problem(store).await {
        None => check,
        Some(problem) => {
            let problem =
                format!("{problem}; tokens that are bound to a key are answered with 503");
            check.found(HealthStatus::Fail, problem)
        }
    }
}

async fn problem(store: &dyn SessionStore) -> Option<String> {
    let looked_up = store.load(SessionKey::from_bytes(random()));
    match tokio::time::timeout(LONGEST_WAIT, looked_up).await {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => {
            let longest = LONGEST_WAIT.as_millis();
            Some(format!(
                "the session store did not answer within {longest} ms"
            ))
        }
    }
}

const STORE: &str = "store";
const LONGEST_WAIT: Duration = Duration::from_millis(900);
