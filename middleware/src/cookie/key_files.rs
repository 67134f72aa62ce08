//! The files that exchange the app's own keys.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::key_ring::KeyRing;
use crate::config::CookieKeys;
use crate::files::Looks;
use crate::secret::Secret;

/// Where newer keys come from.
pub(super) struct KeyFiles {
    /// Never held while files are read.
    latest: Mutex<Latest>,
    /// Held while an app waits for files, so that a crowd reads them one after the other.
    reading: Mutex<()>,
    is_watching: AtomicBool,
    looks: Arc<Looks>,
}

struct Latest {
    sources: Arc<CookieKeys>,
    /// How often keys were brought: what was begun to be read before is not to replace them.
    count: u64,
    /// What was wrong with the sources the last time, so that it is said once.
    complaint: Option<String>,
}

impl KeyFiles {
    pub(super) fn new(sources: &CookieKeys) -> Self {
        Self {
            latest: Mutex::new(Latest {
                sources: Arc::new(sources.clone()),
                count: 0,
                complaint: None,
            }),
            reading: Mutex::default(),
            is_watching: AtomicBool::new(false),
            looks: Arc::new(Looks::new("b2c-cookie-keys")),
        }
    }

    /// What to read, and how often keys were brought before.
    fn sources(&self) -> (Arc<CookieKeys>, u64) {
        let latest = self.latest();
        (Arc::clone(&latest.sources), latest.count)
    }

    fn latest(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyRing {
    /// Reads the sources again; tells whether the keys were exchanged. What cannot be used leaves the
    /// old keys in use.
    pub(crate) fn reload(&self) -> Result<bool, String> {
        let reading = self.files.reading.lock();
        let _reading = reading.unwrap_or_else(PoisonError::into_inner);
        loop {
            let (sources, before) = self.files.sources();
            let read = sources.read_again();
            if let Some(reloaded) = self.take_over(read, before) {
                return reloaded;
            }
        }
    }

    /// Goes by what was read, unless keys were brought since.
    fn take_over(
        &self,
        read: Result<Vec<Secret>, String>,
        before: u64,
    ) -> Option<Result<bool, String>> {
        let mut latest = self.files.latest();
        if latest.count != before {
            return None;
        }
        Some(match read {
            Ok(secrets) => {
                latest.count += 1;
                latest.complaint = None;
                Ok(self.exchange(secrets))
            }
            Err(reason) => {
                if latest.complaint.as_ref() != Some(&reason) {
                    tracing::error!(
                        reason,
                        "session.cookie_keys cannot be read again; the last good ones stay in use"
                    );
                    latest.complaint = Some(reason.clone());
                }
                Err(reason)
            }
        })
    }

    /// Takes the keys from other sources from now on. What the present keys sealed opens as long as they
    /// are among those.
    /// Reads no file.
    pub(crate) fn adopt(self: &Arc<Self>, sources: &CookieKeys) {
        let mut latest = self.files.latest();
        latest.sources = Arc::new(sources.clone());
        latest.count += 1;
        latest.complaint = None;
        self.exchange(sources.values());
        drop(latest);
        self.watch();
    }

    /// What was wrong with the sources when they were last read.
    pub(crate) fn problem(&self) -> Option<String> {
        let latest = self.files.latest();
        let complaint = latest.complaint.as_ref()?;
        Some(format!(
            "session.cookie_keys: {complaint}; the last good ones are in use"
        ))
    }

    /// Looks at the files every few seconds from now on, for as long as the ring is in use. Nothing
    /// is done where no file can change, or outside of a tokio runtime.
    pub(crate) fn watch(self: &Arc<Self>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let files = &self.files;
        if files.sources().0.change() && !files.is_watching.swap(true, Ordering::Relaxed) {
            runtime.spawn(watch(Arc::downgrade(self), Arc::clone(&files.looks)));
        }
    }
}

async fn watch(ring: Weak<KeyRing>, looks: Arc<Looks>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some((sources, before)) = ring.upgrade().map(|ring| ring.files.sources()) else {
            return;
        };
        // They may be on a disk that hangs, and then keep nobody's keys.
        let read = looks.look(move || sources.read_again()).await;
        let read = read.unwrap_or_else(|unseen| Err(unseen.to_string()));
        let Some(ring) = ring.upgrade() else { return };
        // What is wrong with them is in the log.
        let _ = ring.take_over(read, before);
    }
}

/// How long a file's change may go unnoticed.
const LOOK_EVERY: Duration = Duration::from_secs(5);
