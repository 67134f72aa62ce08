//! Looks at everything.

use std::sync::Arc;
use std::time::Duration;

use super::report::{HealthCheck, HealthReport, HealthStatus};
use super::{credentials, provider, store};
use crate::layer::B2cLayer;

/// What counts as good.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How old the metadata and keys of a provider that is away may be.
    pub(super) last_known_good: Duration,
    /// From how many days before the end of a credential on it is told.
    pub(super) warn_days: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            last_known_good: LAST_KNOWN_GOOD,
            warn_days: WARN_DAYS,
        }
    }
}

/// Takes about a second at most, whatever is away.
pub(super) async fn examine(layer: &B2cLayer, limits: Limits) -> HealthReport {
    let shell = layer.shell();
    let now = shell.now();
    let providers = shell.providers().all().iter().map(Arc::clone);
    let providers: Vec<_> = providers
        .map(|one| {
            // Side by side: what is away delays neither the other nor the answer.
            let (asked, looked_at) = (Arc::clone(&one), one);
            let provider = tokio::spawn(async move {
                provider::examine(&asked, limits.last_known_good, now).await
            });
            let credential = tokio::spawn(async move {
                credentials::examine(&looked_at, limits.warn_days, now).await
            });
            (provider, credential)
        })
        .collect();
    let grace = shell.sessions().lifetimes().store_grace;
    let store = store::examine(shell.sessions().store(), layer.current(), grace, now);
    let mut checks = vec![store.await];
    for (provider, credential) in providers {
        checks.extend(provider.await.unwrap_or_default());
        checks.extend(credential.await.unwrap_or_default());
    }
    let problem = layer.current().reload_problem();
    let problem = problem.or_else(|| shell.cookie_key_problem());
    let configuration = HealthCheck::of("configuration");
    checks.push(match problem {
        None => configuration,
        Some(problem) => configuration.found(HealthStatus::Warn, problem),
    });
    HealthReport::new(checks)
}

/// What is known without looking: the instance is about to end.
pub(super) fn stopping() -> HealthReport {
    let check = HealthCheck::vital("shutdown");
    let problem = "this instance is shutting down";
    HealthReport::new(vec![check.found(HealthStatus::Fail, problem)])
}

/// Microsoft advises to look for new keys every 24 hours.
const LAST_KNOWN_GOOD: Duration = Duration::from_secs(24 * 3600);
const WARN_DAYS: i64 = 30;
