//! A provider's metadata, in B2C that of every user flow in use: fetched when first needed, kept, renewed behind the
//! requests, kept in use when the provider is away.

mod asking;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::config::ProviderSettings;
use crate::http_client::HttpClient;
use crate::metrics::provider_known;
use crate::provider::contact::Contact;
use crate::provider::directory_error::DirectoryError;
use crate::provider::entry::{Attempts, Entry};
use crate::provider::metadata::Metadata;
use crate::provider::readiness::Status;
use crate::time::{Clock, Timestamp};

/// Finds the metadata of one provider.
pub(super) struct Directory {
    settings: Arc<ProviderSettings>,
    http: Arc<dyn HttpClient>,
    clock: Arc<dyn Clock>,
    /// By user flow, in lower case; under the empty name where there are none.
    flows: Mutex<HashMap<String, Arc<Entry>>>,
    /// Those that the configuration has.
    user_flows: Vec<String>,
    /// The user flow whose metadata speaks for the provider.
    watched: Option<String>,
    /// When it was asked for that metadata the last time, and what came of it.
    contact: Arc<Mutex<Contact>>,
    /// Whether it is being asked for that metadata until it answers.
    is_sought: AtomicBool,
}

impl Directory {
    pub(super) fn new(
        settings: Arc<ProviderSettings>,
        user_flows: Vec<String>,
        watched: Option<String>,
        http: Arc<dyn HttpClient>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        provider_known(&settings.name, &user_flows);
        Self {
            settings,
            watched,
            http,
            clock,
            flows: Mutex::default(),
            user_flows,
            contact: Arc::default(),
            is_sought: AtomicBool::new(false),
        }
    }

    /// The same provider with these user flows, the first of which speaks for it: this one if they are
    /// the same, and else one that shares what is known of those that stay, and what is being found out.
    pub(super) fn with_flows(self: &Arc<Self>, user_flows: &[String]) -> Arc<Self> {
        if self.user_flows == user_flows {
            return Arc::clone(self);
        }
        let (settings, watched) = (Arc::clone(&self.settings), user_flows.first().cloned());
        let (http, clock) = (Arc::clone(&self.http), Arc::clone(&self.clock));
        let mut other = Self::new(settings, user_flows.to_vec(), watched, http, clock);
        for flow in user_flows {
            let (name, entry) = (flow.to_ascii_lowercase(), self.entry(Some(flow)));
            other.flows().insert(name, entry);
        }
        if other.watched == self.watched {
            other.contact = Arc::clone(&self.contact);
        }
        Arc::new(other)
    }

    /// The provider's name in the configuration.
    pub(super) fn name(&self) -> &str {
        &self.settings.name
    }

    /// Whether somebody has to begin to ask it until it answers. True once.
    pub(super) fn is_to_be_sought(&self) -> bool {
        !self.is_sought.swap(true, Ordering::Relaxed)
    }

    /// The metadata that speaks for the provider.
    pub(super) async fn find_watched(self: &Arc<Self>) -> Result<Arc<Metadata>, DirectoryError> {
        self.find(self.watched.as_deref()).await
    }

    /// What is known of the provider, by the user flow whose metadata speaks for it.
    pub(super) fn known(&self) -> (Option<Arc<Metadata>>, Contact) {
        let metadata = self.entry(self.watched.as_deref()).get();
        (metadata, self.contact().clone())
    }

    /// Asks for that metadata again, unless that is under way or was done within `every`.
    pub(super) async fn ask_again(&self, every: Duration) {
        let user_flow = self.watched.as_deref();
        let entry = self.entry(user_flow);
        if entry.get().is_none() {
            // After whoever asks it for the first time.
            let mut attempts = entry.fetching.lock().await;
            if entry.get().is_none() && !self.contact().was_within(every, self.now()) {
                // What is wrong is noted, and in the log.
                let _ = self.fetch_alone(&entry, user_flow, &mut attempts).await;
            }
            return;
        }
        let Ok(mut attempts) = entry.fetching.try_lock() else {
            return;
        };
        if !self.contact().was_within(every, self.now()) {
            let _ = self.replace(&entry, user_flow, &mut attempts).await;
        }
    }

    pub(super) fn status(&self) -> watch::Receiver<Status> {
        self.entry(self.watched.as_deref()).status()
    }

    /// The metadata of a user flow.
    pub(super) async fn find(
        self: &Arc<Self>,
        user_flow: Option<&str>,
    ) -> Result<Arc<Metadata>, DirectoryError> {
        let entry = self.entry(user_flow);
        let Some(metadata) = entry.get() else {
            return self.fetch(&entry, user_flow).await;
        };
        self.renew_if_due(&entry, &metadata, user_flow);
        Ok(metadata)
    }

    /// Begins to renew metadata that is due, in the background.
    pub(super) fn renew_if_due(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        metadata: &Metadata,
        user_flow: Option<&str>,
    ) {
        if self.now().is_within(RENEW_AFTER, metadata.fetched) {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let (directory, entry) = (Arc::clone(self), Arc::clone(entry));
        let user_flow = user_flow.map(str::to_owned);
        runtime.spawn(async move { directory.renew(&entry, user_flow.as_deref()).await });
    }

    /// The metadata after a token named a key that `seen` does not list. The provider is asked at
    /// most once a minute, or forged tokens would make us flood it.
    pub(super) async fn find_newer(
        self: &Arc<Self>,
        user_flow: Option<&str>,
        seen: &Arc<Metadata>,
    ) -> Result<Arc<Metadata>, DirectoryError> {
        let entry = self.entry(user_flow);
        let mut attempts = entry.fetching.lock().await;
        let current = entry.get().unwrap_or_else(|| Arc::clone(seen));
        let now = self.now();
        let recent = attempts
            .renewed_for_key
            .is_some_and(|last| now.is_within(RENEW_FOR_KEY_EVERY, last));
        if !Arc::ptr_eq(&current, seen) || recent {
            return Ok(current);
        }
        attempts.renewed_for_key = Some(now);
        self.replace(&entry, user_flow, &mut attempts).await
    }

    async fn fetch(
        &self,
        entry: &Entry,
        user_flow: Option<&str>,
    ) -> Result<Arc<Metadata>, DirectoryError> {
        let mut attempts = entry.fetching.lock().await;
        if let Some(metadata) = entry.get() {
            return Ok(metadata);
        }
        if let Some((at, error)) = &attempts.failed
            && self.now().is_within(RETRY_AFTER_FAILURE, *at)
        {
            return Err(error.clone());
        }
        self.fetch_alone(entry, user_flow, &mut attempts).await
    }

    /// Asks for what is not known yet.
    async fn fetch_alone(
        &self,
        entry: &Entry,
        user_flow: Option<&str>,
        attempts: &mut Attempts,
    ) -> Result<Arc<Metadata>, DirectoryError> {
        match self.request(user_flow).await {
            Ok(metadata) => {
                self.learn(entry, user_flow, attempts, &metadata);
                Ok(metadata)
            }
            Err(error) => {
                let provider = &self.settings.name;
                tracing::error!(provider, user_flow, %error, "the provider's metadata is not available");
                attempts.failed = Some((self.now(), error.clone()));
                entry.is_unavailable(&error);
                Err(error)
            }
        }
    }

    /// Replaces metadata that is due; the old stays in use if that fails.
    async fn renew(&self, entry: &Entry, user_flow: Option<&str>) {
        let Ok(mut attempts) = entry.fetching.try_lock() else {
            return;
        };
        let now = self.now();
        let due = entry
            .get()
            .is_none_or(|current| !now.is_within(RENEW_AFTER, current.fetched));
        let failed = attempts.failed.as_ref().map(|(at, _)| *at);
        if !due || failed.is_some_and(|at| now.is_within(RENEW_RETRY, at)) {
            return;
        }
        let _ = self.replace(entry, user_flow, &mut attempts).await;
    }

    /// Asks for what is known already; the old stays in use if that fails, and the log says so.
    async fn replace(
        &self,
        entry: &Entry,
        user_flow: Option<&str>,
        attempts: &mut Attempts,
    ) -> Result<Arc<Metadata>, DirectoryError> {
        match self.request(user_flow).await {
            Ok(metadata) => {
                self.learn(entry, user_flow, attempts, &metadata);
                Ok(metadata)
            }
            Err(error) => {
                let provider = &self.settings.name;
                tracing::warn!(provider, user_flow, %error, "metadata not renewed; the last known is in use");
                attempts.failed = Some((self.now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Puts into use what the provider has answered; the log says so if it did not answer before.
    fn learn(
        &self,
        entry: &Entry,
        user_flow: Option<&str>,
        attempts: &mut Attempts,
        metadata: &Arc<Metadata>,
    ) {
        let (provider, had_failed) = (&self.settings.name, attempts.failed.take().is_some());
        if entry.get().is_none() {
            tracing::info!(
                provider,
                user_flow,
                "the provider answers; its metadata is there"
            );
        } else if had_failed {
            tracing::info!(
                provider,
                user_flow,
                "the provider answers again; its metadata is renewed"
            );
        }
        entry.put(metadata);
    }

    /// Where the metadata of a user flow is kept.
    pub(super) fn entry(&self, user_flow: Option<&str>) -> Arc<Entry> {
        let name = user_flow.unwrap_or_default().to_ascii_lowercase();
        Arc::clone(self.flows().entry(name).or_default())
    }

    fn flows(&self) -> MutexGuard<'_, HashMap<String, Arc<Entry>>> {
        self.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn contact(&self) -> MutexGuard<'_, Contact> {
        self.contact.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        Timestamp::now(&*self.clock)
    }
}

/// Metadata and keys older than this are renewed behind the next request. Microsoft advises daily
/// and on an unknown key; hourly sees a revoked key sooner.
const RENEW_AFTER: Duration = Duration::from_secs(3600);
const RENEW_RETRY: Duration = Duration::from_secs(60);
const RENEW_FOR_KEY_EVERY: Duration = Duration::from_secs(60);
/// A crowd at the sign-in page of a provider that is away asks it once in this time.
const RETRY_AFTER_FAILURE: Duration = Duration::from_secs(2);
