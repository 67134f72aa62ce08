//! The APIs that go by the same configuration as the web app.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::current::Current;
use crate::config::{ApiConfig, OF_BEARER_LAYER};
use crate::guard::bearer;
use crate::reload::Reason;

/// Those that are in use still. They keep the web app's settings, not the other way about.
#[derive(Default)]
pub(super) struct Followers(Mutex<Vec<Weak<bearer::Current>>>);

/// Settings that all of them can go by, and do not yet.
pub(super) struct Ready(Vec<(Arc<bearer::Current>, bearer::Prepared)>);

impl Followers {
    pub(super) fn are_there(&self) -> bool {
        !self.all().is_empty()
    }

    /// Checks the settings for all of them.
    pub(super) fn prepare(&self, config: Option<&ApiConfig>) -> Result<Ready, Reason> {
        let ready = self.all().into_iter().map(|follower| {
            let config = config.ok_or(Reason::NoApi)?.clone();
            let prepared = follower.prepare(config)?;
            Ok((follower, prepared))
        });
        ready.collect::<Result<_, Reason>>().map(Ready)
    }

    fn add(&self, follower: &Arc<bearer::Current>) {
        let mut followers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        followers.retain(|known| known.strong_count() > 0);
        let follower = Arc::downgrade(follower);
        if !followers.iter().any(|known| known.ptr_eq(&follower)) {
            followers.push(follower);
        }
    }

    fn all(&self) -> Vec<Arc<bearer::Current>> {
        let followers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        followers.iter().filter_map(Weak::upgrade).collect()
    }
}

impl Ready {
    /// Has all of them go by the settings, and names in `changes` what differs for them.
    pub(super) fn go(self, changes: &mut Vec<String>) {
        if !self.0.is_empty() {
            changes.retain(|change| change != OF_BEARER_LAYER);
        }
        for (follower, prepared) in self.0 {
            let theirs = follower.adopt(prepared).into_iter();
            let more: Vec<_> = theirs.filter(|change| !changes.contains(change)).collect();
            changes.extend(more);
        }
    }
}

impl Current {
    /// From now on this API's settings are exchanged with these.
    pub(crate) fn lead(self: &Arc<Self>, follower: &Arc<bearer::Current>) -> Result<(), Reason> {
        self.reloads.between(|| {
            let shell = self.shell();
            let config = shell.config.api.as_ref().ok_or(Reason::NoApi)?;
            follower.go_by(self, config.clone())?;
            self.followers.add(follower);
            Ok(())
        })
    }
}
