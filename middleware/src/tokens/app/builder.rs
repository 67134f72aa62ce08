//! Builds app tokens without a layer.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::handle::AppTokens;
use crate::background::Background;
use crate::client::Calls;
use crate::config::ClientConfig;
use crate::cookie::KeyRing;
use crate::error::Error;
use crate::http_client::{HttpClient, ReqwestClient};
use crate::provider::{AskAssertion, AssertionRequest, ClientAssertion, Providers};
use crate::session::{SessionStore, configured_store};
use crate::time::{Clock, SystemClock};

/// Parts of [`AppTokens`] that have defaults.
#[must_use]
pub struct AppTokensBuilder {
    pub(crate) config: ClientConfig,
    store: Option<Arc<dyn SessionStore>>,
    http: Option<Arc<dyn HttpClient>>,
    clock: Arc<dyn Clock>,
    assertion: Option<AskAssertion>,
}

impl AppTokensBuilder {
    pub(super) fn new(config: ClientConfig) -> Self {
        Self {
            config,
            store: None,
            http: None,
            clock: Arc::new(SystemClock),
            assertion: None,
        }
    }

    /// Where instances find each other's tokens. Default: what `session.store` says.
    pub fn store(mut self, store: impl SessionStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// How the providers are reached. Default: reqwest with rustls and the platform's certificates.
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http = Some(Arc::new(client));
        self
    }

    /// Which clock to go by. Default: the system's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// What brings assertions for a provider with `client_assertion = "callback"`, as for
    /// [`B2cLayerBuilder::client_assertion`](crate::B2cLayerBuilder::client_assertion).
    pub fn client_assertion<F, T, E>(mut self, ask: F) -> Self
    where
        F: Fn(AssertionRequest) -> T + Send + Sync + 'static,
        T: Future<Output = Result<ClientAssertion, E>> + Send + 'static,
        E: fmt::Display,
    {
        self.assertion = Some(AskAssertion::new(ask));
        self
    }

    /// Builds the handle; the provider is asked when the first token is.
    ///
    /// # Errors
    ///
    /// When the HTTP client or the store cannot be set up; when the configuration says
    /// `client_assertion = "callback"` and there is no [`client_assertion`](Self::client_assertion),
    /// or the reverse.
    pub fn build(self) -> Result<AppTokens, Error> {
        #[cfg(feature = "metrics")]
        crate::metrics::begin(crate::metrics::Part::AppTokens);
        let assertion = self.assertion.as_ref();
        AskAssertion::check(assertion, &self.config.providers)?;
        let http = match self.http {
            Some(http) => http,
            None => Arc::new(ReqwestClient::new().map_err(Error::http_client)?),
        };
        let store = match self.store {
            Some(store) => store,
            None => configured_store(&self.config.store, &http)
                .map_err(Error::store)?
                .beside_sessions(),
        };
        let keys = KeyRing::new(&self.config.cookie_keys);
        keys.watch();
        let providers = Providers::of_client(&self.config, &http, &self.clock, assertion);
        let calls = Arc::new(Calls::new(&self.config.downstreams, &http));
        Ok(AppTokens::of(
            calls,
            Arc::new(providers),
            store,
            keys,
            self.clock,
            Background::default(),
        ))
    }
}

impl fmt::Debug for AppTokensBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppTokensBuilder(…)")
    }
}
