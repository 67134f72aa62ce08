//! Can users sign in at a provider, and whose clock is right?

use std::time::Duration;

use super::report::{HealthCheck, HealthStatus, PROVIDER};
use crate::provider::Watched;
use crate::time::Timestamp;

/// Asks for the metadata again if it is time to, and looks at what is known then. A provider that is
/// slow is waited for as long as a probe can; it goes on being asked behind the answer.
pub(super) async fn examine(
    provider: &Watched,
    last_known_good: Duration,
    now: Timestamp,
) -> Vec<HealthCheck> {
    let asked = provider.clone();
    let asking = tokio::spawn(async move { asked.ask_again(ASK_EVERY).await });
    let _ = tokio::time::timeout(LONGEST_WAIT, asking).await;

    let (metadata, contact) = provider.known();
    let name = provider.name();
    let failure = contact.failure();
    let check = HealthCheck::vital(PROVIDER)
        .at(name)
        .fact("reachable", failure.is_none() && metadata.is_some());
    let mut checks = vec![match (metadata, failure) {
        (Some(metadata), failure) => {
            let age = now.since(metadata.fetched);
            let check = check
                .fact("metadata_age_seconds", age.as_secs())
                .fact("keys_age_seconds", age.as_secs());
            match failure {
                None => check,
                Some(failure) if age >= last_known_good => check.found(
                    HealthStatus::Fail,
                    format!("{failure}; what was last known of it is too old to rely upon"),
                ),
                Some(failure) => check.found(
                    HealthStatus::Warn,
                    format!("{failure}; what was last known of it is in use"),
                ),
            }
        }
        (None, Some(failure)) => check.found(HealthStatus::Fail, failure),
        (None, None) => check.found(HealthStatus::Fail, "it has not answered yet"),
    }];
    if let Some(skew) = contact.clock_skew() {
        let check = HealthCheck::of("clock").at(name).fact("skew_seconds", skew);
        checks.push(if skew.unsigned_abs() <= MOST_SKEW {
            check
        } else {
            let way = if skew > 0 { "behind" } else { "ahead of" };
            check.found(
                HealthStatus::Warn,
                format!(
                    "this server's clock is {} s {way} the provider's; tokens are refused beyond 120 s",
                    skew.unsigned_abs()
                ),
            )
        });
    }
    checks
}

/// However many probes there are, and instances have one each.
const ASK_EVERY: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_millis(900);
/// Half of the leeway that tokens are given (`jwt/claims.rs`), in seconds.
const MOST_SKEW: u64 = 60;
