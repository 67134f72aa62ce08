//! Whether the providers can be used yet: an app starts without them, and can tell.

use std::fmt;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;

use super::directory::Directory;
use super::directory_error::DirectoryError;
use super::watched::Watched;

/// What is known of one provider.
#[derive(Clone, Debug)]
pub(super) enum Status {
    /// Nobody has asked it yet.
    NotAsked,
    /// Its metadata and keys are there.
    Available,
    /// It was asked in vain, and nothing is known from before.
    Unavailable(DirectoryError),
}

/// What is known of each provider of the present configuration, by its name.
type Statuses = Vec<(String, watch::Receiver<Status>)>;

/// The providers of one configuration after the other, for whoever waits for all. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Roster(Arc<watch::Sender<Statuses>>);

impl Roster {
    pub(crate) fn new(providers: impl Iterator<Item = Watched>) -> Self {
        Self(Arc::new(watch::Sender::new(statuses(providers))))
    }

    /// These count from now on.
    pub(crate) fn exchange(&self, providers: impl Iterator<Item = Watched>) {
        self.0.send_replace(statuses(providers));
    }

    pub(crate) fn readiness(&self) -> Readiness {
        Readiness {
            roster: self.0.subscribe(),
        }
    }
}

fn statuses(providers: impl Iterator<Item = Watched>) -> Statuses {
    let each = providers.map(|one| (one.name().to_owned(), one.status()));
    each.collect()
}

/// Tells whether each provider's metadata has been fetched, for readiness probes and for tests. After
/// a reload it tells of the providers that there are then.
///
/// A layer that is built within a tokio runtime asks its providers at once, in the background, and
/// again until they answer. The app serves meanwhile; only sign-ins end on a page that says so.
///
/// ```no_run
/// # async fn f(layer: tower_b2c::B2cLayer) {
/// let readiness = layer.readiness();
/// for provider in readiness.providers() {
///     println!("{}: {:?}", provider.name(), provider.problem());
/// }
/// readiness.ready().await;
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Readiness {
    roster: watch::Receiver<Statuses>,
}

impl Readiness {
    /// Whether every provider can be used.
    pub fn is_ready(&self) -> bool {
        let roster = self.roster.borrow();
        let mut statuses = roster.iter().map(|(_, status)| status.borrow());
        statuses.all(|status| matches!(*status, Status::Available))
    }

    /// Waits until every provider can be used; forever, if the layer is gone by then.
    pub async fn ready(&self) {
        let mut roster = self.roster.clone();
        loop {
            let present = roster.borrow_and_update().clone();
            let mut available = pin!(all_available(present));
            let mut exchanged = pin!(exchange_of(&mut roster));
            let is_ready = poll_fn(|cx| {
                if available.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(true);
                }
                exchanged.as_mut().poll(cx).map(|()| false)
            });
            if is_ready.await {
                return;
            }
        }
    }

    /// Each provider by itself.
    pub fn providers(&self) -> Vec<ProviderReadiness> {
        let roster = self.roster.borrow();
        let each = roster.iter().map(|(name, status)| {
            let problem = match &*status.borrow() {
                Status::NotAsked => Some("it has not been asked yet".to_owned()),
                Status::Available => None,
                Status::Unavailable(error) => Some(error.to_string()),
            };
            ProviderReadiness {
                name: name.clone(),
                problem,
            }
        });
        each.collect()
    }
}

/// Whether one provider can be used.
#[derive(Clone, Debug)]
pub struct ProviderReadiness {
    name: String,
    problem: Option<String>,
}

impl ProviderReadiness {
    /// The provider's name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why it cannot be used, for operators; `None` if it can.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }
}

impl fmt::Display for ProviderReadiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.problem().unwrap_or("ready"))
    }
}

/// Waits until each can be used; forever, if one is gone before.
async fn all_available(roster: Statuses) {
    for (_, mut status) in roster {
        let available = status.wait_for(|status| matches!(status, Status::Available));
        if available.await.is_err() {
            pending::<()>().await;
        }
    }
}

/// Waits until there are other providers; forever, if there never will be.
async fn exchange_of(roster: &mut watch::Receiver<Statuses>) {
    if roster.changed().await.is_err() {
        pending::<()>().await;
    }
}

/// Asks every provider, again and again until it answers, whatever becomes of the app's registration
/// there. Does nothing outside of a tokio runtime: then the first sign-in asks.
pub(super) fn discover<'d>(directories: impl Iterator<Item = &'d Arc<Directory>>) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    for directory in directories {
        if directory.is_to_be_sought() {
            runtime.spawn(ask(Arc::downgrade(directory)));
        }
    }
}

async fn ask(directory: Weak<Directory>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let Some(directory) = directory.upgrade() else {
            return;
        };
        let name = directory.name();
        match directory.find_watched().await {
            Ok(_) => return,
            Err(error) => {
                let seconds = pause.as_secs();
                tracing::warn!(
                    provider = name, %error, seconds,
                    "the app runs, but nobody can sign in at this provider; it is asked again"
                );
            }
        }
        drop(directory);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Longer than the pause after a failed request, so that each attempt asks anew.
const FIRST_PAUSE: Duration = Duration::from_secs(3);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
