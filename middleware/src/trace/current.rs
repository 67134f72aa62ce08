//! What is known of the request that is being answered, wherever its answer leads.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tracing::Instrument as _;

use super::context::TraceContext;
use crate::crypto::random;

/// The request that is being answered. It surrounds the work as a span does, so that nothing in
/// between has to pass it on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Current {
    context: Option<TraceContext>,
    reference: Option<Arc<str>>,
}

impl Current {
    /// A request with this context and a reference of its own.
    pub(crate) fn new(context: Option<TraceContext>) -> Self {
        Self {
            context,
            reference: Some(new_reference()),
        }
    }

    /// Whatever a request does whose answer is not the layer's.
    pub(crate) fn of(context: TraceContext) -> Self {
        Self {
            context: Some(context),
            reference: None,
        }
    }

    /// That which surrounds the caller.
    pub(crate) fn get() -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_default()
    }

    pub(crate) fn context(&self) -> Option<&TraceContext> {
        self.context.as_ref()
    }

    /// The id of the trace that the request belongs to.
    pub(crate) fn trace_id(&self) -> Option<&str> {
        self.context().map(TraceContext::trace_id)
    }

    /// A random word that the request's span, its log line and its error page share.
    pub(crate) fn reference(&self) -> Arc<str> {
        self.reference.clone().unwrap_or_else(new_reference)
    }

    /// Surrounds this work.
    pub(crate) async fn hold<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }
}

/// For work that a request waits for, in a task of its own: what surrounds the caller goes along.
pub(crate) fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    Current::get().hold(work.in_current_span())
}

/// For work that nobody waits for: it belongs to the same trace, and does not keep the request's span
/// open.
pub(crate) fn behind<F: Future>(work: F) -> impl Future<Output = F::Output> {
    Current::get().hold(work)
}

fn new_reference() -> Arc<str> {
    URL_SAFE_NO_PAD.encode(random::<9>()).into()
}

tokio::task_local! {
    static CURRENT: Current;
}
