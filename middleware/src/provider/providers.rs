//! The configured providers.

use std::fmt;
use std::sync::Arc;

use oauth2::RedirectUrl;
use url::Url;

use super::assertion::AskAssertion;
use super::credential::Credentials;
use super::directory::Directory;
use super::directory_error::DirectoryError;
use super::metadata::Metadata;
use super::readiness::{self, Readiness, Roster};
use super::watched::Watched;
use crate::config::{ClientConfig, Config, ProviderSettings};
use crate::http_client::HttpClient;
use crate::jwt::{InvalidToken, Jwt};
use crate::metrics::{provider_grants, provider_signs_in};
use crate::time::Clock;

/// One provider and the app's registration there.
pub(crate) struct Provider {
    pub(crate) settings: Arc<ProviderSettings>,
    pub(crate) redirect_uri: RedirectUrl,
    pub(crate) http: Arc<dyn HttpClient>,
    pub(crate) credentials: Credentials,
    directory: Arc<Directory>,
}

impl Provider {
    /// Asks nobody until it has to.
    pub(crate) fn new(
        settings: &ProviderSettings,
        redirect_uri: Url,
        http: &Arc<dyn HttpClient>,
        clock: &Arc<dyn Clock>,
        ask: Option<&AskAssertion>,
    ) -> Self {
        let directory = Directory::new(
            Arc::new(settings.clone()),
            settings
                .user_flows
                .all()
                .map(|(_, flow)| flow.to_owned())
                .collect(),
            settings.user_flows.sign_up_sign_in.clone(),
            Arc::clone(http),
            Arc::clone(clock),
        );
        Self::with(
            Arc::new(directory),
            settings,
            redirect_uri,
            http,
            clock,
            ask,
        )
    }

    fn with(
        directory: Arc<Directory>,
        settings: &ProviderSettings,
        redirect_uri: Url,
        http: &Arc<dyn HttpClient>,
        clock: &Arc<dyn Clock>,
        ask: Option<&AskAssertion>,
    ) -> Self {
        provider_grants(&settings.name);
        Self {
            settings: Arc::new(settings.clone()),
            redirect_uri: RedirectUrl::from_url(redirect_uri),
            http: Arc::clone(http),
            credentials: Credentials::new(settings, ask, Arc::clone(clock)),
            directory,
        }
    }

    /// This one under other settings: the same if they are, and else one that has its metadata still, if
    /// that is where it was.
    fn renewed(
        self: &Arc<Self>,
        settings: &ProviderSettings,
        redirect_uri: Url,
        http: &Arc<dyn HttpClient>,
        clock: &Arc<dyn Clock>,
        ask: Option<&AskAssertion>,
    ) -> Arc<Self> {
        if *self.settings == *settings && *self.redirect_uri.url() == redirect_uri {
            return Arc::clone(self);
        }
        Arc::new(if self.settings.has_metadata_of(settings) {
            let directory = Arc::clone(&self.directory);
            Self::with(directory, settings, redirect_uri, http, clock, ask)
        } else {
            Self::new(settings, redirect_uri, http, clock, ask)
        })
    }

    /// The metadata of a user flow; of the provider, where it has none.
    pub(crate) async fn metadata(
        &self,
        user_flow: Option<&str>,
    ) -> Result<Arc<Metadata>, DirectoryError> {
        self.directory.find(user_flow).await
    }

    /// The metadata after a token named a key that `seen` does not list. The provider is asked at
    /// most once a minute, or forged tokens would make us flood it.
    pub(crate) async fn newer_metadata(
        &self,
        user_flow: Option<&str>,
        seen: &Arc<Metadata>,
    ) -> Result<Arc<Metadata>, DirectoryError> {
        self.directory.find_newer(user_flow, seen).await
    }

    /// Checks a token's signature by the keys of `metadata`, or by newer ones if it names a key that is
    /// not among them. Returns the metadata that has the key.
    pub(crate) async fn signed(
        &self,
        token: &Jwt<'_>,
        user_flow: Option<&str>,
        metadata: &Arc<Metadata>,
    ) -> Result<Arc<Metadata>, InvalidToken> {
        let accepted = &self.settings.signing_algorithms;
        match metadata.keys.verify(token, accepted) {
            Err(InvalidToken::UnknownKey) => {}
            verdict => return verdict.map(|()| Arc::clone(metadata)),
        }
        let newer = self.newer_metadata(user_flow, metadata).await;
        let newer = newer.map_err(|_| InvalidToken::UnknownKey)?;
        newer.keys.verify(token, accepted).map(|()| newer)
    }

    /// As those see it who look whether it can be used.
    pub(crate) fn watched(&self) -> Watched {
        Watched::new(&self.directory)
    }

    /// The name in the configuration.
    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    /// The user flow of a sign-in, in B2C.
    pub(crate) fn sign_in_flow(&self) -> Option<&str> {
        self.settings.user_flows.sign_up_sign_in.as_deref()
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Provider").field(&self.name()).finish()
    }
}

/// All of them; there is at least one.
#[derive(Debug)]
pub(crate) struct Providers {
    all: Vec<Arc<Provider>>,
    default: Option<usize>,
    roster: Roster,
}

impl Providers {
    pub(crate) fn new(
        config: &Config,
        http: &Arc<dyn HttpClient>,
        clock: &Arc<dyn Clock>,
        ask: Option<&AskAssertion>,
    ) -> Self {
        let redirect_uri = |settings: &ProviderSettings| redirect_uri(config, settings);
        for settings in &config.providers {
            provider_signs_in(&settings.name);
        }
        let default = config.default_provider().map(|settings| &settings.name);
        Self::of(&config.providers, default, redirect_uri, http, clock, ask)
    }

    /// Those of another configuration, which count from now on: of each that stays what is known of it.
    pub(crate) fn renewed(
        &self,
        config: &Config,
        http: &Arc<dyn HttpClient>,
        clock: &Arc<dyn Clock>,
        ask: Option<&AskAssertion>,
    ) -> Self {
        let all = config.providers.iter().map(|settings| {
            let uri = redirect_uri(config, settings);
            match self.get(&settings.name) {
                Some(present) => present.renewed(settings, uri, http, clock, ask),
                None => {
                    provider_signs_in(&settings.name);
                    Arc::new(Provider::new(settings, uri, http, clock, ask))
                }
            }
        });
        let all: Vec<_> = all.collect();
        self.roster.exchange(all.iter().map(|one| one.watched()));
        let default = config.default_provider().map(|settings| &settings.name);
        let position = |name: &String| config.providers.iter().position(|one| one.name == *name);
        Self {
            all,
            default: default.and_then(position),
            roster: self.roster.clone(),
        }
    }

    /// Those of an app that signs nobody in, so that no browser is ever sent back to it.
    pub(crate) fn of_client(
        config: &ClientConfig,
        http: &Arc<dyn HttpClient>,
        clock: &Arc<dyn Clock>,
        ask: Option<&AskAssertion>,
    ) -> Self {
        let nowhere = |settings: &ProviderSettings| settings.authority.instance.clone();
        let default = config.default_provider.as_ref();
        Self::of(&config.providers, default, nowhere, http, clock, ask)
    }

    fn of(
        settings: &[ProviderSettings],
        default: Option<&String>,
        redirect_uri: impl Fn(&ProviderSettings) -> Url,
        http: &Arc<dyn HttpClient>,
        clock: &Arc<dyn Clock>,
        ask: Option<&AskAssertion>,
    ) -> Self {
        let all = settings.iter().map(|settings| {
            let provider = Provider::new(settings, redirect_uri(settings), http, clock, ask);
            Arc::new(provider)
        });
        let all: Vec<_> = all.collect();
        let position = |name: &String| settings.iter().position(|one| one.name == *name);
        Self {
            roster: Roster::new(all.iter().map(|one| one.watched())),
            default: default.and_then(position),
            all,
        }
    }

    /// Begins to ask them, in the background.
    pub(crate) fn discover(&self) {
        readiness::discover(self.all.iter().map(|provider| &provider.directory));
    }

    pub(crate) fn readiness(&self) -> Readiness {
        self.roster.readiness()
    }

    pub(crate) fn all(&self) -> &[Arc<Provider>] {
        &self.all
    }

    /// The provider of this name. A session or a transaction can name one that the configuration
    /// no longer has.
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Provider>> {
        self.all.iter().find(|provider| provider.name() == name)
    }

    /// The provider that signs in who did not choose; `None` if they must.
    pub(crate) fn default(&self) -> Option<&Arc<Provider>> {
        self.default.map(|index| &self.all[index])
    }
}

fn redirect_uri(config: &Config, settings: &ProviderSettings) -> Url {
    let mut uri = config.app.base_url.clone();
    uri.set_path(&config.app.mounted(&settings.redirect_path));
    uri
}
