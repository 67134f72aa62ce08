//! One reload after the other, so that the later one's settings stay.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::outcome::{Reason, ReloadError, Reloaded};
use super::readers::{Purpose, Readers};
use crate::config::ConfigError;
use crate::metrics::{self, Reload};

/// What goes by settings that can be exchanged.
pub(crate) trait Reloadable: Send + Sync + 'static {
    /// A configuration that was checked.
    type Settings: Send + 'static;

    /// What the present settings were read from. A thread that hangs keeps it, and nothing else.
    type Source: Send + 'static;

    /// What is known of its reloads.
    fn reloads(&self) -> &Reloads;

    /// What the present settings were read from.
    fn source(&self) -> Self::Source;

    /// Reads it again. It may block.
    fn read_again(source: &Self::Source) -> Result<Self::Settings, ConfigError>;

    /// Changes whenever the source does, in what it says. It may block.
    fn digest(source: &Self::Source) -> [u8; 32];

    /// Whether it goes by the settings of another, and is not reloaded by itself.
    fn follows(&self) -> bool {
        false
    }

    /// Goes by other settings from now on; tells what differs. Whole or not at all.
    fn exchange(&self, settings: Self::Settings) -> Result<Vec<String>, Reason>;
}

/// What is known of the reloads of one layer.
#[derive(Debug, Default)]
pub(crate) struct Reloads {
    /// Held while settings are exchanged, never across an await.
    latest: Mutex<Latest>,
    /// Whose turn lasts while files are read and what they say is taken over, so that of two who read
    /// them, the one with the older contents does not come last.
    pub(super) readers: Readers,
}

#[derive(Debug, Default)]
struct Latest {
    /// How often settings were taken over.
    count: u64,
    /// Why they were not, the last time.
    problem: Option<String>,
}

impl Latest {
    /// Whether the settings in use are not those that there are.
    fn note(&mut self, problem: Option<String>) {
        if problem.is_some() != self.problem.is_some() {
            metrics::reload_failed(problem.is_some());
        }
        self.problem = problem;
    }
}

impl Drop for Latest {
    fn drop(&mut self) {
        self.note(None);
    }
}

impl Reloads {
    /// Why the last reload changed nothing; `None` after one that worked.
    pub(crate) fn problem(&self) -> Option<String> {
        self.latest().problem.clone()
    }

    /// Does something while no settings are exchanged.
    pub(crate) fn between<T>(&self, act: impl FnOnce() -> T) -> T {
        let _latest = self.latest();
        act()
    }

    /// Does something that brings settings from elsewhere, if it works, in the place of what is reloaded.
    pub(crate) fn replaced<E>(&self, act: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        let mut latest = self.latest();
        act()?;
        latest.count += 1;
        latest.note(None);
        Ok(())
    }

    fn count(&self) -> u64 {
        self.latest().count
    }

    fn latest(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes over what the files say that the present settings were read from.
pub(crate) async fn reload<R: Reloadable>(what: &R) -> Result<Reloaded, ReloadError> {
    let reloads = what.reloads();
    let mut before = reloads.count();
    // To its end: what was read is taken over by then.
    let mut turn = match reloads.readers.turn().await {
        Ok(turn) => turn,
        Err(reason) => return refuse(what, before, reason),
    };
    loop {
        before = reloads.count();
        let source = what.source();
        let read = turn.read(Purpose::Reload, move || R::read_again(&source));
        let read = match read.await {
            Ok(read) => read,
            Err(reason) => return refuse(what, before, reason),
        };
        let latest = reloads.latest();
        if what.follows() {
            return Err(ReloadError(Reason::Follows));
        }
        // Somebody has brought settings since the files were read, perhaps from elsewhere: those are
        // the later ones, and what was read is not to replace them.
        if latest.count == before {
            return take_over(what, latest, read.map_err(Reason::Mistakes));
        }
    }
}

/// What the files say, in short, that the present settings were read from.
pub(super) async fn look<R: Reloadable>(what: &R) -> Option<[u8; 32]> {
    let reloads = what.reloads();
    let mut before = reloads.count();
    let digest = match reloads.readers.turn().await {
        Ok(mut turn) => {
            before = reloads.count();
            let source = what.source();
            turn.read(Purpose::Look, move || R::digest(&source)).await
        }
        Err(reason) => Err(reason),
    };
    digest.map_err(|reason| refuse(what, before, reason)).ok()
}

/// Says why files could not be read, as of a reload that did not work: unless others have brought settings
/// since then, which are not those of the files.
fn refuse<R: Reloadable>(what: &R, before: u64, reason: Reason) -> Result<Reloaded, ReloadError> {
    let latest = what.reloads().latest();
    if what.follows() {
        Err(ReloadError(Reason::Follows))
    } else if latest.count == before {
        take_over(what, latest, Err(reason))
    } else {
        Err(ReloadError(reason))
    }
}

/// Takes over settings that the app has got from elsewhere.
pub(crate) fn reload_with<R: Reloadable>(
    what: &R,
    settings: R::Settings,
) -> Result<Reloaded, ReloadError> {
    take_over(what, what.reloads().latest(), Ok(settings))
}

/// Exchanges the settings, or says why not: in the log once, and to health probes until it is over.
/// `latest` is held throughout, so that of two reloads the later one's settings stay.
fn take_over<R: Reloadable>(
    what: &R,
    mut latest: MutexGuard<'_, Latest>,
    settings: Result<R::Settings, Reason>,
) -> Result<Reloaded, ReloadError> {
    match settings.and_then(|settings| what.exchange(settings)) {
        Ok(changes) => {
            latest.count += 1;
            latest.note(None);
            if changes.is_empty() {
                metrics::config_reloaded(Reload::Unchanged);
            } else {
                metrics::config_reloaded(Reload::Changed);
                tracing::info!(
                    changes = changes.join(", "),
                    "the configuration was reloaded"
                );
            }
            Ok(Reloaded::new(changes))
        }
        Err(reason) => {
            let error = ReloadError(reason);
            let told = error.to_string();
            let is_known = match (&error.0, &latest.problem) {
                // What the one says that it waited for tells more.
                (Reason::Busy(_), Some(_)) => true,
                (_, problem) => problem.as_ref() == Some(&told),
            };
            if !is_known {
                metrics::config_reloaded(Reload::Refused);
                tracing::error!("{told}");
                // Of who follows nobody asks for it.
                latest.note(Some(told).filter(|_| !what.follows()));
            }
            Err(error)
        }
    }
}
