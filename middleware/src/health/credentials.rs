//! When does what the app proves itself with end?

use super::report::{HealthCheck, HealthStatus};
use crate::provider::Provider;
use crate::time::Timestamp;

/// Looks at a provider's credential: its end, and whether a newer one could be read.
pub(super) async fn examine(
    provider: &Provider,
    warn_days: i64,
    now: Timestamp,
) -> Option<HealthCheck> {
    let complaint = provider.credentials.complaint().await;
    let expiry = provider.credentials.expiry();
    let mut check = HealthCheck::of("credential").at(provider.name());
    if let Some(expiry) = expiry {
        let (of, days) = (expiry.of, expiry.at.days_after(now));
        check = check.fact("kind", of).fact("expires_in_days", days);
        if expiry.at <= now {
            check = check.found(
                HealthStatus::Fail,
                format!("the {of} has expired; replace it, and nobody has to restart the app"),
            );
        } else if days < warn_days {
            check = check.found(
                HealthStatus::Warn,
                format!("the {of} expires in {days} days"),
            );
        }
    }
    if check.status() == HealthStatus::Fail {
        return Some(check);
    }
    match complaint {
        Ok(None) => expiry.map(|_| check),
        Ok(Some(complaint)) => Some(check.found(HealthStatus::Warn, complaint.to_string())),
        Err(hanging) => Some(check.found(HealthStatus::Warn, hanging.to_string())),
    }
}
