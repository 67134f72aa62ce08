//! A store with a watch beside it: each operation has a span, and with the feature `metrics` is counted
//! and timed.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::answered::Answered;
use super::concern::StoreConcern;
use super::contract::SessionStore;
use super::error::StoreError;
use super::invalidation::Invalidations;
use super::lease::{Lease, LockKey};
use super::stored::{Replaced, SessionKey, StoredRecord};
use crate::future::BoxFuture;
use crate::metrics::{Stopwatch, StoreOutcome, store_command, store_known};
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};
use crate::trace::TARGET;

/// Watches each operation of another store.
pub(crate) struct Observed {
    store: Arc<dyn SessionStore>,
    backend: &'static str,
    answered: Option<Arc<Answered>>,
}

impl Observed {
    /// The store, watched. There is nothing to see of one in memory without the feature.
    pub(crate) fn around(store: Arc<dyn SessionStore>) -> Arc<dyn SessionStore> {
        Self::noting(store, None)
    }

    /// The store, watched; what it answers is noted there.
    pub(crate) fn noting(
        store: Arc<dyn SessionStore>,
        answered: Option<Arc<Answered>>,
    ) -> Arc<dyn SessionStore> {
        let backend = store.backend();
        store_known(backend);
        if cfg!(feature = "metrics") || !is_here(backend) {
            Arc::new(Self {
                store,
                backend,
                answered,
            })
        } else {
            store
        }
    }

    /// Watches the work, whichever way it ends.
    fn watched<'a, T: 'a>(
        &'a self,
        operation: &'static str,
        work: BoxFuture<'a, Result<T, StoreError>>,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        let (backend, span) = (self.backend, self.span(operation));
        let answered = self.answered.as_deref();
        Box::pin(async move {
            let mut pending = Pending {
                backend,
                operation,
                span: span.clone(),
                took: Stopwatch::start(),
                outcome: StoreOutcome::Cancelled,
            };
            let answer = work.instrument(span).await;
            pending.outcome = StoreOutcome::of(&answer);
            // That it does not tell of writes a store can say without asking anybody.
            if let Some(answered) = answered.filter(|_| answer.is_ok() && operation != LISTENING) {
                answered.note();
            }
            answer
        })
    }

    /// A client span (OpenTelemetry, "Semantic conventions for database client spans"); none of what
    /// goes no further than this process.
    fn span(&self, operation: &'static str) -> Span {
        if is_here(self.backend) {
            return Span::none();
        }
        let span = tracing::info_span!(
            target: TARGET,
            "store_command",
            otel.name = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
            db.system.name = self.backend,
            db.operation.name = operation,
            "error.type" = Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("{operation} {}", self.backend));
        }
        span
    }
}

/// An operation that has not ended yet: whoever waits for it may give up.
struct Pending {
    backend: &'static str,
    operation: &'static str,
    span: Span,
    took: Stopwatch,
    outcome: StoreOutcome,
}

impl Drop for Pending {
    fn drop(&mut self) {
        let error = match self.outcome {
            StoreOutcome::Ok => None,
            StoreOutcome::Error => Some("store_error"),
            StoreOutcome::Cancelled => Some("cancelled"),
        };
        if let Some(error) = error {
            self.span.record("otel.status_code", "ERROR");
            self.span.record("error.type", error);
        }
        store_command(self.backend, self.operation, self.outcome, &self.took);
    }
}

fn is_here(backend: &str) -> bool {
    matches!(backend, "memory" | "cookie")
}

impl SessionStore for Observed {
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.watched("insert", self.store.insert(key, record, index))
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        self.watched("load", self.store.load(key))
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        self.watched("replace", self.store.replace(key, expected, record))
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.watched("touch", self.store.touch(key, expires_at))
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.watched("delete", self.store.delete(key))
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        self.watched("find_indexed", self.store.find_indexed(index, limit))
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.watched("delete_indexed", self.store.delete_indexed(index, except))
    }

    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        self.watched(LISTENING, self.store.invalidations())
    }

    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        self.watched("lock", self.store.lock(key, lasts))
    }

    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        self.watched("renew", self.store.renew(lease, lasts))
    }

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.watched("unlock", self.store.unlock(lease))
    }

    fn backend(&self) -> &'static str {
        self.backend
    }

    fn concerns(&self) -> BoxFuture<'_, Result<Vec<StoreConcern>, StoreError>> {
        self.store.concerns()
    }
}

const LISTENING: &str = "invalidations";
