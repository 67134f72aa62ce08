//! What is known of the metadata of one user flow, by all who need it: a provider before a reload and after it.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use super::directory_error::DirectoryError;
use super::metadata::Metadata;
use super::readiness::Status;
use crate::time::Timestamp;

/// The metadata of one user flow.
pub(super) struct Entry {
    current: RwLock<Option<Arc<Metadata>>>,
    /// What is to be said of it; here, so that whoever waits learns it from whoever asked.
    status: watch::Sender<Status>,
    /// Held while fetching, so that a crowd causes one request.
    pub(super) fetching: tokio::sync::Mutex<Attempts>,
}

/// What came of the requests for it.
#[derive(Default)]
pub(super) struct Attempts {
    pub(super) failed: Option<(Timestamp, DirectoryError)>,
    pub(super) renewed_for_key: Option<Timestamp>,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            current: RwLock::default(),
            status: watch::Sender::new(Status::NotAsked),
            fetching: tokio::sync::Mutex::default(),
        }
    }
}

impl Entry {
    /// Whether this very metadata is in use.
    pub(super) fn holds(&self, metadata: &Arc<Metadata>) -> bool {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current
            .as_ref()
            .is_some_and(|current| Arc::ptr_eq(current, metadata))
    }

    pub(super) fn get(&self) -> Option<Arc<Metadata>> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn put(&self, metadata: &Arc<Metadata>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some(Arc::clone(metadata));
        drop(current);
        self.status.send_replace(Status::Available);
    }

    /// It was asked for in vain, and nothing is known from before.
    pub(super) fn is_unavailable(&self, error: &DirectoryError) {
        self.status.send_replace(Status::Unavailable(error.clone()));
    }

    pub(super) fn status(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }
}
