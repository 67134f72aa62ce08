//! Looks at everything that a layer needs.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::report::{HealthCheck, HealthReport, HealthStatus};
use super::{credentials, provider, store};
use crate::future::BoxFuture;
use crate::guard::BearerLayer;
use crate::layer::B2cLayer;
use crate::provider::Watched;
use crate::time::Timestamp;

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

/// What can be looked at.
pub(super) trait Examined: Send + Sync + 'static {
    /// Whether the instance is about to end.
    fn is_stopping(&self) -> bool;

    /// Takes about a second at most, whatever is away.
    fn examine(&self, limits: Limits) -> BoxFuture<'_, HealthReport>;
}

impl Examined for B2cLayer {
    fn is_stopping(&self) -> bool {
        self.current().is_stopping()
    }

    fn examine(&self, limits: Limits) -> BoxFuture<'_, HealthReport> {
        Box::pin(async move {
            let shell = self.shell();
            let now = shell.now();
            let providers = shell.providers().all().iter().cloned();
            let providers: Vec<_> = providers
                .map(|one| {
                    let provider = beside(one.watched(), limits, now);
                    let credential = tokio::spawn(async move {
                        credentials::examine(&one, limits.warn_days, now).await
                    });
                    (provider, credential)
                })
                .collect();
            let store = store::examine(shell.sessions());
            let mut checks = vec![store.await];
            for (provider, credential) in providers {
                checks.extend(provider.await.unwrap_or_default());
                checks.extend(credential.await.unwrap_or_default());
            }
            let problem = self.current().reload_problem();
            checks.push(configuration(
                problem.or_else(|| shell.cookie_key_problem()),
            ));
            HealthReport::new(checks)
        })
    }
}

impl Examined for BearerLayer {
    fn is_stopping(&self) -> bool {
        self.current().is_stopping()
    }

    fn examine(&self, limits: Limits) -> BoxFuture<'_, HealthReport> {
        Box::pin(async move {
            let current = self.current();
            let now = current.now();
            let providers = current.providers().into_iter();
            let providers: Vec<_> = providers.map(|one| beside(one, limits, now)).collect();
            let mut checks = Vec::new();
            if let Some(proofs) = current.proofs() {
                checks.push(store::examine_proofs(&*proofs).await);
            }
            for provider in providers {
                checks.extend(provider.await.unwrap_or_default());
            }
            checks.push(configuration(current.reload_problem()));
            HealthReport::new(checks)
        })
    }
}

/// Looks at a provider beside all else: what is away delays neither the other nor the answer.
fn beside(provider: Watched, limits: Limits, now: Timestamp) -> JoinHandle<Vec<HealthCheck>> {
    let limit = limits.last_known_good;
    tokio::spawn(async move { provider::examine(&provider, limit, now).await })
}

fn configuration(problem: Option<String>) -> HealthCheck {
    let check = HealthCheck::of("configuration");
    match problem {
        None => check,
        Some(problem) => check.found(HealthStatus::Warn, problem),
    }
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
