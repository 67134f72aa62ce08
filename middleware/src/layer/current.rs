//! The settings that count now, which are exchanged while requests go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;

use super::followers::Followers;
use super::shell::Shell;
use crate::reload::Reloads;

/// What all clones of a layer share.
///
/// A request takes the shell as it comes and keeps it to its end: one load of a pointer, without a lock,
/// which an exchange does not wait for.
pub(crate) struct Current {
    shell: ArcSwap<Shell>,
    /// Whether new providers are asked for their metadata at once.
    pub(super) discover: bool,
    pub(super) reloads: Reloads,
    pub(super) followers: Followers,
    is_stopping: AtomicBool,
}

impl Current {
    pub(super) fn new(shell: Shell, discover: bool) -> Self {
        Self {
            shell: ArcSwap::from_pointee(shell),
            discover,
            reloads: Reloads::default(),
            followers: Followers::default(),
            is_stopping: AtomicBool::new(false),
        }
    }

    pub(super) fn shell(&self) -> Arc<Shell> {
        self.shell.load_full()
    }

    pub(super) fn set(&self, shell: Shell) {
        self.shell.store(Arc::new(shell));
    }

    pub(super) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Whether requests should go elsewhere.
    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Why the last reload changed nothing; `None` after one that worked.
    pub(crate) fn reload_problem(&self) -> Option<String> {
        self.reloads.problem()
    }
}
