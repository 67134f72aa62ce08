//! One look for all who ask within a few seconds.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use super::examination::{Examined, Limits, stopping};
use super::report::HealthReport;

/// Looks at a layer, and remembers what it saw for a few seconds.
pub(super) struct Probe {
    layer: Arc<dyn Examined>,
    limits: Limits,
    seen: RwLock<Option<(Instant, Arc<HealthReport>)>>,
    /// Held while looking: a crowd looks once.
    looking: tokio::sync::Mutex<()>,
}

impl Probe {
    pub(super) fn new(layer: Arc<dyn Examined>, limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            layer,
            limits,
            seen: RwLock::default(),
            looking: tokio::sync::Mutex::default(),
        })
    }

    pub(super) fn layer(&self) -> &Arc<dyn Examined> {
        &self.layer
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// How everything is, as it was a few seconds ago at most.
    pub(super) async fn report(self: &Arc<Self>) -> Arc<HealthReport> {
        if self.layer.is_stopping() {
            return Arc::new(stopping());
        }
        if let Some(report) = self.recent() {
            return report;
        }
        // A task of its own: whoever hangs up must not make the next one begin anew.
        let probe = Arc::clone(self);
        let look = tokio::spawn(async move {
            let _alone = probe.looking.lock().await;
            if let Some(report) = probe.recent() {
                return report;
            }
            let report = Arc::new(probe.layer.examine(probe.limits).await);
            let seen = Some((Instant::now(), Arc::clone(&report)));
            *probe.seen.write().unwrap_or_else(PoisonError::into_inner) = seen;
            report
        });
        match look.await {
            Ok(report) => report,
            Err(_) => Arc::new(HealthReport::unknown()),
        }
    }

    fn recent(&self) -> Option<Arc<HealthReport>> {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        let (at, report) = seen.as_ref()?;
        (at.elapsed() < FRESH).then(|| Arc::clone(report))
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Probe(…)")
    }
}

/// For how long an answer serves everybody who asks.
const FRESH: Duration = Duration::from_secs(2);
