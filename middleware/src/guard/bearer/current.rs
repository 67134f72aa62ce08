//! The settings that count now, which are exchanged while requests go on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;

use super::gate::Gate;
use crate::layer;
use crate::provider::Watched;
use crate::reload::Reloads;
use crate::session::SessionStore;
use crate::time::Timestamp;

/// What all clones of a layer share.
///
/// A request takes the gate as it comes and keeps it to its end: one load of a pointer, without a lock,
/// which an exchange does not wait for.
pub(crate) struct Current {
    gate: ArcSwap<Gate>,
    /// Whether new providers are asked for their keys at once.
    pub(super) discover: bool,
    pub(super) reloads: Reloads,
    /// The web app's settings, if these are exchanged with them.
    leader: OnceLock<Arc<layer::Current>>,
    is_stopping: AtomicBool,
}

impl Current {
    pub(super) fn new(gate: Gate, discover: bool) -> Self {
        Self {
            gate: ArcSwap::from_pointee(gate),
            discover,
            reloads: Reloads::default(),
            leader: OnceLock::new(),
            is_stopping: AtomicBool::new(false),
        }
    }

    pub(super) fn gate(&self) -> Arc<Gate> {
        self.gate.load_full()
    }

    pub(super) fn set(&self, gate: Gate) {
        self.gate.store(Arc::new(gate));
    }

    pub(super) fn leader(&self) -> Option<&Arc<layer::Current>> {
        self.leader.get()
    }

    pub(super) fn follow(&self, leader: &Arc<layer::Current>) {
        self.leader.get_or_init(|| Arc::clone(leader));
    }

    pub(super) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Whether requests should go elsewhere.
    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// The providers whose tokens are accepted.
    pub(crate) fn providers(&self) -> Vec<Watched> {
        self.gate().verifier.watched()
    }

    /// Where instances see each other's proofs of possession, if they do.
    pub(crate) fn proofs(&self) -> Option<Arc<dyn SessionStore>> {
        self.gate().possession.shared().cloned()
    }

    /// Why the last reload changed nothing; `None` after one that worked.
    pub(crate) fn reload_problem(&self) -> Option<String> {
        match self.leader() {
            Some(leader) => leader.reload_problem(),
            None => self.reloads.problem(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.gate().verifier.now()
    }
}
