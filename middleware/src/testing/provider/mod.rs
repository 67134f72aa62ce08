//! A provider in memory.

mod answer;
mod callback;
mod grant;
mod keys;
mod server;
mod state;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Request, Response};
use serde_json::{Value, json};

use self::keys::{algorithm, key_id, sign};
use self::server::Server;
use self::state::State;
use super::access_token::AccessTokenBuilder;
use super::clock::ManualClock;
use super::error::MintError;
use crate::config::{AcceptedTokens, ApiConfig, ProviderSettings};
use crate::future::BoxFuture;
use crate::http_client::{HttpClient, HttpError};
use crate::time::{Clock as _, Timestamp};

pub use callback::Callback;

/// Stands in for the providers of a configuration, without a network: it is the
/// [`HttpClient`] of the layers that are built [`offline`](crate::B2cLayerBuilder::offline), and answers
/// what they ask, from metadata to tokens, by a clock of its own that stands still. Clones are the same
/// provider.
///
/// It has none of a provider's pages and few of its rules: users are known by what a test says of them,
/// and everything that is asked for is granted. Its keys are new in each process, so that nothing that it
/// signs counts anywhere else.
#[derive(Clone)]
pub struct Provider {
    inner: Arc<Inner>,
}

struct Inner {
    clock: ManualClock,
    state: Mutex<State>,
}

impl Provider {
    /// A provider whose clock stands at the system's time.
    pub fn new() -> Self {
        Self::at(ManualClock::default())
    }

    /// A provider that goes by this clock.
    pub fn at(clock: ManualClock) -> Self {
        Self {
            inner: Arc::new(Inner {
                clock,
                state: Mutex::default(),
            }),
        }
    }

    /// The clock that it goes by, and with it every layer that is built
    /// [`offline`](crate::B2cLayerBuilder::offline) with it.
    pub fn clock(&self) -> &ManualClock {
        &self.inner.clock
    }

    /// An access token of this provider's, for the API whose layer was built
    /// [`offline`](crate::BearerLayerBuilder::offline) with it.
    pub fn access_token(&self) -> AccessTokenBuilder {
        AccessTokenBuilder::new(Some(self.clone()))
    }

    /// The answer of the provider's pages to a browser that `response` sends to them: the request that the
    /// browser brings back to the redirect URI.
    ///
    /// # Errors
    ///
    /// [`MintError::NotSentHere`] when the response is no redirect to one of this provider's pages.
    pub fn answers<B>(&self, response: &Response<B>) -> Result<Callback, MintError> {
        Callback::to(self, response)
    }

    /// Stands in for an API, too: requests to URLs that begin like this, as those of
    /// [`Session::downstream`](crate::Session::downstream), get this answer.
    pub fn stands_in_for(
        &self,
        base_url: impl Into<String>,
        answer: impl Fn(&Request<Vec<u8>>) -> Response<Vec<u8>> + Send + Sync + 'static,
    ) {
        let api = (base_url.into(), Arc::new(answer) as _);
        self.state().apis.push(api);
    }

    /// Is not reached by anybody from now on, until it [`comes_back`](Self::comes_back).
    pub fn goes_away(&self) {
        self.state().is_away = true;
    }

    /// Is reached again.
    pub fn comes_back(&self) {
        self.state().is_away = false;
    }

    /// Refuses every request for tokens from now on, with this error (`invalid_grant`) and its description
    /// (`AADB2C90080: …`), until it [`grants_tokens`](Self::grants_tokens).
    pub fn refuses_tokens(&self, error: impl Into<String>, description: impl Into<String>) {
        self.state().refusal = Some((error.into(), description.into()));
    }

    /// Grants tokens again.
    pub fn grants_tokens(&self) {
        self.state().refusal = None;
    }

    /// Signs with keys of other names from now on, and lists the old ones no longer.
    pub fn exchanges_keys(&self) {
        self.state().keys_exchanged += 1;
    }

    /// The grant types of the requests for tokens, refused ones among them, the oldest first.
    pub fn token_requests(&self) -> Vec<String> {
        self.state().token_requests.clone()
    }

    /// Learns of the providers of a configuration.
    pub(super) fn serves<'s>(&self, settings: impl IntoIterator<Item = &'s ProviderSettings>) {
        let mut state = self.state();
        for settings in settings {
            let settings = Arc::new(settings.clone());
            let flows: Vec<_> = settings.user_flows.all().map(|(_, flow)| flow).collect();
            state.serve(&settings, flows);
        }
    }

    /// Learns of an API and of the providers whose tokens it accepts.
    pub(super) fn serves_api(&self, api: &ApiConfig) {
        let mut state = self.state();
        for accepted in &api.accepted {
            let settings = Arc::new(accepted.provider.clone());
            let flows = accepted.rules.user_flows.iter().map(String::as_str);
            state.serve(&settings, flows.collect());
        }
        state.accepted.extend(api.accepted.iter().cloned());
        state.scopes.clone_from(&api.scopes);
    }

    /// What APIs accept, and the scopes that they tell of.
    pub(super) fn accepted(&self) -> (Vec<AcceptedTokens>, Vec<String>) {
        let state = self.state();
        (state.accepted.clone(), state.scopes.clone())
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::of(self.inner.clock.now())
    }

    /// A token with these claims, signed as the settings accept it.
    pub(super) fn signed(
        &self,
        settings: &ProviderSettings,
        typ: &str,
        claims: &Value,
    ) -> Result<String, MintError> {
        let exchanged = self.state().keys_exchanged;
        let algorithm = algorithm(&settings.signing_algorithms);
        let algorithm = algorithm.ok_or_else(|| MintError::NoAlgorithm {
            provider: settings.name.clone(),
        })?;
        let (alg, kid) = (algorithm.name(), key_id(algorithm, exchanged));
        let header = json!({ "alg": alg, "kid": kid, "typ": typ });
        Ok(sign(algorithm, &header, claims))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.inner.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }

    /// The server with these pages.
    fn with_pages(&self, at: &url::Url) -> Option<Server> {
        let state = self.state();
        let mut servers = state.servers.iter();
        servers.find(|server| server.is_authorization(at)).cloned()
    }
}

impl Default for Provider {
    /// As [`new`](Self::new).
    fn default() -> Self {
        Self::new()
    }
}

impl HttpClient for Provider {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        Box::pin(std::future::ready(self.answer(&request)))
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Provider(…)")
    }
}
