//! Whether the providers can be used yet: an app starts without them, and can tell.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;

use super::directory::DirectoryError;
use super::providers::{Provider, Providers};
use super::source::MetadataSource;

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

/// Tells whether each provider's metadata has been fetched, for readiness probes and for tests.
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
    providers: Vec<(String, watch::Receiver<Status>)>,
}

impl Readiness {
    pub(super) fn new(providers: &Providers) -> Self {
        let providers = providers.all().iter();
        let watched = providers.map(|one| (one.name().to_owned(), one.status()));
        Self {
            providers: watched.collect(),
        }
    }

    /// Of the providers whose tokens an API accepts, each by one of its sources.
    pub(crate) fn of_sources<'s>(
        sources: impl Iterator<Item = (&'s str, &'s MetadataSource)>,
    ) -> Self {
        let watched = sources.map(|(name, source)| (name.to_owned(), source.status()));
        Self {
            providers: watched.collect(),
        }
    }

    /// Whether every provider can be used.
    pub fn is_ready(&self) -> bool {
        let mut statuses = self.providers.iter().map(|(_, status)| status.borrow());
        statuses.all(|status| matches!(*status, Status::Available))
    }

    /// Waits until every provider can be used; forever, if the layer is gone by then.
    pub async fn ready(&self) {
        for (_, status) in &self.providers {
            let mut status = status.clone();
            let available = status.wait_for(|status| matches!(status, Status::Available));
            if available.await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Each provider by itself.
    pub fn providers(&self) -> Vec<ProviderReadiness> {
        let each = self.providers.iter().map(|(name, status)| {
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

/// Asks every provider, again and again until it answers. Does nothing outside of a tokio runtime:
/// then the first sign-in asks.
pub(super) fn discover(providers: &Providers) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    for provider in providers.all() {
        if matches!(*provider.status().borrow(), Status::NotAsked) {
            runtime.spawn(ask(Arc::downgrade(provider)));
        }
    }
}

async fn ask(provider: Weak<Provider>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let Some(provider) = provider.upgrade() else {
            return;
        };
        let name = provider.name().to_owned();
        match provider.metadata(provider.sign_in_flow()).await {
            Ok(_) => {
                tracing::info!(
                    provider = name,
                    "the provider answers; its metadata is there"
                );
                return;
            }
            Err(error) => {
                let seconds = pause.as_secs();
                tracing::warn!(
                    provider = name, %error, seconds,
                    "the app runs, but nobody can sign in at this provider; it is asked again"
                );
            }
        }
        drop(provider);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Longer than the pause after a failed request, so that each attempt asks anew.
const FIRST_PAUSE: Duration = Duration::from_secs(3);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
