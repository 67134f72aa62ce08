//! Builds the layer.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Extensions, Response};
use tower_layer::Layer;

use super::choice::SignInPage;
use super::current::Current;
use super::page::{ErrorPage, SignOutPage};
use super::respond::html_response;
use super::routing::ChooseProvider;
use super::service::B2cService;
use super::shell::{Parts, Shell};
use crate::config::Config;
use crate::error::Error;
use crate::events::{Hook, SignInEvents};
use crate::http_client::{HttpClient, ReqwestClient};
use crate::provider::{
    AskAssertion, AssertionRequest, ClientAssertion, ProviderCheck, Readiness, check,
};
use crate::session::{Home, SessionStore, StoreCheck, UserSessions, check_store, configured_store};
use crate::time::{Clock, SystemClock};
use crate::tokens::AppTokens;

/// Signs users in, for any tower service over `http::Request`.
///
/// Put it outermost around the routes, so that it sees its own paths (`/login`, `/getAToken`,
/// `/edit-profile`, `/reset-password`, `/session`, `/logout`). Clones share all state.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tower_b2c::{B2cLayer, Config};
///
/// let layer = B2cLayer::new(Config::from_file("b2c.toml").load()?)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct B2cLayer {
    current: Arc<Current>,
}

impl B2cLayer {
    /// The layer with sessions in memory.
    pub fn new(config: Config) -> Result<Self, Error> {
        Self::builder(config).build()
    }

    /// The sessions of the user with this subject (`sub`), for administrators: a disabled account's
    /// sessions end by [`end_all`](UserSessions::end_all). The provider has the name that
    /// [`Session::provider`](crate::Session::provider) tells.
    pub fn user_sessions(&self, provider: &str, subject: &str) -> UserSessions {
        self.shell().user_sessions(provider, subject)
    }

    /// The settings of this moment, with all that goes by them.
    pub(crate) fn shell(&self) -> Arc<Shell> {
        self.current.shell()
    }

    pub(crate) fn current(&self) -> &Arc<Current> {
        &self.current
    }

    /// The layer with parts of your own.
    pub fn builder(config: Config) -> B2cLayerBuilder {
        B2cLayerBuilder {
            config,
            discover: true,
            store: None,
            http: None,
            clock: Arc::new(SystemClock),
            assertion: None,
            error_page: None,
            sign_in_page: None,
            sign_out_page: None,
            peer_address: None,
            events: Hook::default(),
            choose_provider: None,
        }
    }

    /// Reads the files of `session.cookie_keys` again, at once; tells whether the keys were exchanged.
    ///
    /// A layer that is built within a tokio runtime does so by itself every five seconds. This is for
    /// apps that are told of a rotation, as by a signal. It reads files, so it blocks for as long.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, is empty or has a key of less than 32 characters in it. The last
    /// good keys stay in use.
    pub fn reload_keys(&self) -> Result<bool, Error> {
        self.shell().keys.reload().map_err(Error::cookie_keys)
    }

    /// The access tokens that the app has in its own name, and for those who call it.
    pub fn app_tokens(&self) -> AppTokens {
        self.shell().app_tokens.clone()
    }

    /// Whether the providers can be used yet, for a readiness probe.
    pub fn readiness(&self) -> Readiness {
        self.shell().providers.readiness()
    }

    /// Asks every provider for the metadata and the keys of each of its user flows, and tells which
    /// could be used: for a diagnosis. What is in memory already is not asked for again.
    pub async fn check_providers(&self) -> Vec<ProviderCheck> {
        check(&self.shell().providers).await
    }

    /// Reads, writes and locks in the session store under keys of no session, and tells what it could
    /// not do, and what is not right with its server: for a diagnosis.
    ///
    /// No session is touched, and what is written is deleted again; of the lock a record may stay until
    /// it expires, 30 seconds at most. As at an app's first request, a SQL store that is opened for it
    /// makes what it lacks: SQLite its file and tables, PostgreSQL its tables unless `migrate = false`.
    pub async fn check_store(&self) -> StoreCheck {
        check_store(self.shell().sessions.store()).await
    }
}

impl<S> Layer<S> for B2cLayer {
    type Service = B2cService<S>;

    fn layer(&self, inner: S) -> B2cService<S> {
        B2cService::new(inner, Arc::clone(&self.current))
    }
}

impl fmt::Debug for B2cLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("B2cLayer(…)")
    }
}

/// Renders a page's contents as an HTML document.
pub(super) type Render<P> = Arc<dyn Fn(&P) -> String + Send + Sync>;

/// Answers with an error page.
pub(super) type Respond = Arc<dyn Fn(&ErrorPage) -> Response<Bytes> + Send + Sync>;

/// Finds the address of a connection's other end.
pub(super) type PeerAddress = Arc<dyn Fn(&Extensions) -> Option<IpAddr> + Send + Sync>;

/// Parts of a [`B2cLayer`] that have defaults.
#[must_use]
pub struct B2cLayerBuilder {
    pub(crate) config: Config,
    discover: bool,
    store: Option<Arc<dyn SessionStore>>,
    http: Option<Arc<dyn HttpClient>>,
    clock: Arc<dyn Clock>,
    assertion: Option<AskAssertion>,
    error_page: Option<Respond>,
    sign_in_page: Option<Render<SignInPage>>,
    sign_out_page: Option<Render<SignOutPage>>,
    peer_address: Option<PeerAddress>,
    events: Hook,
    pub(super) choose_provider: Option<ChooseProvider>,
}

impl B2cLayerBuilder {
    /// Where sessions are kept. Default: what `session.store` says, and without it a
    /// [`MemoryStore`](crate::MemoryStore).
    pub fn store(mut self, store: impl SessionStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// How the provider is reached. Default: reqwest with rustls and the platform's certificates.
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http = Some(Arc::new(client));
        self
    }

    /// Whether to ask the providers for their metadata at once, in the background, if the layer is
    /// built within a tokio runtime. Default: yes. Else the first sign-in asks.
    pub fn discover_at_start(mut self, discover: bool) -> Self {
        self.discover = discover;
        self
    }

    /// Which clock to go by. Default: the system's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// What brings assertions for a provider with `client_assertion = "callback"` (workload identity,
    /// RFC 7523 §2.2). It is asked when a request to the provider needs one; what it returns is kept
    /// until 30 seconds before it ends, and one that the provider refuses is asked for anew, once in
    /// ten seconds at most. It has 15 seconds, and after a failure three seconds' rest. Its error is
    /// logged, so no token may be in it: to who asked, it is as if the provider were away.
    ///
    /// ```
    /// # use std::time::{Duration, SystemTime};
    /// # use tower_b2c::{B2cLayerBuilder, ClientAssertion, Secret};
    /// # async fn of_the_platform(_client_id: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
    /// # fn with(builder: B2cLayerBuilder) -> B2cLayerBuilder {
    /// builder.client_assertion(|request| async move {
    ///     let token = of_the_platform(request.client_id()).await?;
    ///     let ends = SystemTime::now() + Duration::from_secs(3600);
    ///     Ok::<_, std::io::Error>(ClientAssertion::new(Secret::new(token), ends))
    /// })
    /// # }
    /// ```
    pub fn client_assertion<F, T, E>(mut self, ask: F) -> Self
    where
        F: Fn(AssertionRequest) -> T + Send + Sync + 'static,
        T: Future<Output = Result<ClientAssertion, E>> + Send + 'static,
        E: fmt::Display,
    {
        self.assertion = Some(AskAssertion::new(ask));
        self
    }

    /// How error pages look: returns a whole HTML document, with every text escaped. Default: a
    /// plain page. The response then carries no Content-Security-Policy of the layer's.
    pub fn error_page(self, render: impl Fn(&ErrorPage) -> String + Send + Sync + 'static) -> Self {
        self.error_response(move |page| html_response(page.status, render(page)))
    }

    /// What answers with an error page: returns a whole response, status and headers included, in
    /// place of [`error_page`](Self::error_page). The layer adds `Cache-Control: no-store`,
    /// `Referrer-Policy: no-referrer` and the like where they are missing, and its cookies. Scripts
    /// and gRPC clients get what they can read, as ever.
    ///
    /// ```
    /// # fn with(builder: tower_b2c::B2cLayerBuilder) -> tower_b2c::B2cLayerBuilder {
    /// builder.error_response(|page| {
    ///     let mut response = http::Response::new(format!("Sorry ({})", page.reference()));
    ///     *response.status_mut() = http::StatusCode::IM_A_TEAPOT;
    ///     response
    /// })
    /// # }
    /// ```
    pub fn error_response<B: Into<Bytes>>(
        mut self,
        respond: impl Fn(&ErrorPage) -> Response<B> + Send + Sync + 'static,
    ) -> Self {
        self.error_page = Some(Arc::new(move |page| respond(page).map(Into::into)));
        self
    }

    /// Who hears of sign-ins and sign-outs, and has a say in the former. Default: nobody.
    pub fn events(mut self, events: impl SignInEvents) -> Self {
        self.events = Hook::new(events);
        self
    }

    /// How the page looks on which users choose among several providers. As for
    /// [`error_page`](Self::error_page).
    pub fn sign_in_page(
        mut self,
        render: impl Fn(&SignInPage) -> String + Send + Sync + 'static,
    ) -> Self {
        self.sign_in_page = Some(Arc::new(render));
        self
    }

    /// How the page looks that asks whether to sign out, when somebody opens the sign-out path
    /// instead of sending a form to it. As for [`error_page`](Self::error_page).
    pub fn sign_out_page(
        mut self,
        render: impl Fn(&SignOutPage) -> String + Send + Sync + 'static,
    ) -> Self {
        self.sign_out_page = Some(Arc::new(render));
        self
    }

    /// Where the server keeps the address of a connection's other end, for the log. Default: it is
    /// not known.
    ///
    /// With axum and `into_make_service_with_connect_info::<SocketAddr>()`:
    ///
    /// ```
    /// # use std::net::SocketAddr;
    /// # use axum::extract::ConnectInfo;
    /// # fn with(builder: tower_b2c::B2cLayerBuilder) -> tower_b2c::B2cLayerBuilder {
    /// builder.peer_address(|extensions| {
    ///     extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip())
    /// })
    /// # }
    /// ```
    ///
    /// If it is one of `app.trusted_proxies`, `Forwarded` or `X-Forwarded-For` says who is behind
    /// it. Nothing else is taken from such headers: URLs come from `app.base_url` alone.
    pub fn peer_address(
        mut self,
        find: impl Fn(&Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.peer_address = Some(Arc::new(find));
        self
    }

    /// Builds the layer. An app starts even when its providers are away;
    /// [`B2cLayer::readiness`] tells.
    ///
    /// # Errors
    ///
    /// When the HTTP client cannot be set up, as without any trusted certificates; when the store of
    /// the configuration cannot, as without the feature `redis`; when the configuration says
    /// `client_assertion = "callback"` and there is no [`client_assertion`](Self::client_assertion),
    /// or the reverse.
    pub fn build(self) -> Result<B2cLayer, Error> {
        AskAssertion::check(self.assertion.as_ref(), &self.config.providers)?;
        let http = match self.http {
            Some(http) => http,
            None => Arc::new(ReqwestClient::new().map_err(Error::http_client)?),
        };
        let home = match self.store {
            Some(store) => Home::Store(store),
            None => configured_store(&self.config.store, &http).map_err(Error::store)?,
        };
        let shell = Shell::new(Parts {
            config: Arc::new(self.config),
            home,
            http,
            clock: self.clock,
            assertion: self.assertion,
            error_page: self.error_page,
            sign_in_page: self.sign_in_page,
            sign_out_page: self.sign_out_page,
            peer_address: self.peer_address,
            events: self.events,
            choose_provider: self.choose_provider,
        });
        if self.discover {
            shell.providers.discover();
        }
        Ok(B2cLayer {
            current: Arc::new(Current::new(shell, self.discover)),
        })
    }
}

impl fmt::Debug for B2cLayerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("B2cLayerBuilder(…)")
    }
}
