//! Builds the layer.

use std::fmt;
use std::sync::Arc;

use tower_layer::Layer;

use super::current::Current;
use super::gate::{Gate, Parts};
use super::nonces::Nonces;
use super::service::BearerService;
use crate::config::ApiConfig;
use crate::error::Error;
use crate::http_client::{HttpClient, ReqwestClient};
use crate::provider::Readiness;
use crate::secret::Secret;
use crate::session::{Observed, SessionStore};
use crate::time::{Clock, SystemClock};

/// Protects an API with access tokens, for any tower service over `http::Request`.
///
/// Requests with a good token pass, with a [`Bearer`](crate::Bearer) in their extensions; everybody
/// else is refused as RFC 6750 says. Streams (server-sent events, gRPC) end when the token does.
/// Clones share all state, and the settings, which are exchanged while requests go on
/// ([`reload_on_change`](Self::reload_on_change)).
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tower_b2c::{BearerLayer, Config};
///
/// let layer = BearerLayer::new(Config::from_file("b2c.toml").load_api()?)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct BearerLayer {
    current: Arc<Current>,
}

impl BearerLayer {
    /// The layer that lets nobody pass without a token.
    pub fn new(config: ApiConfig) -> Result<Self, Error> {
        Self::builder(config).build()
    }

    /// The layer with parts of your own.
    pub fn builder(config: ApiConfig) -> BearerLayerBuilder {
        BearerLayerBuilder {
            config,
            optional: false,
            discover: true,
            cached_tokens: CACHED_TOKENS,
            http: None,
            clock: Arc::new(SystemClock),
            proofs: None,
            nonces: None,
        }
    }

    /// Whether the providers' keys are known yet, for a readiness probe.
    pub fn readiness(&self) -> Readiness {
        self.current.gate().verifier.readiness()
    }

    pub(crate) fn current(&self) -> &Arc<Current> {
        &self.current
    }
}

impl<S> Layer<S> for BearerLayer {
    type Service = BearerService<S>;

    fn layer(&self, inner: S) -> BearerService<S> {
        BearerService::new(inner, Arc::clone(&self.current))
    }
}

impl fmt::Debug for BearerLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerLayer(…)")
    }
}

/// Parts of a [`BearerLayer`] that have defaults.
#[must_use]
pub struct BearerLayerBuilder {
    pub(crate) config: ApiConfig,
    optional: bool,
    discover: bool,
    cached_tokens: usize,
    http: Option<Arc<dyn HttpClient>>,
    clock: Arc<dyn Clock>,
    proofs: Option<Arc<dyn SessionStore>>,
    nonces: Option<Secret>,
}

impl BearerLayerBuilder {
    /// Lets requests without a token pass, without a [`Bearer`](crate::Bearer): guards and handlers
    /// decide. A token that is no good is refused all the same. Default: a token is required.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// How many verified tokens are remembered, so that they cost no signature check again, about
    /// 4 KB each. Each is remembered until it ends, for five minutes at most, and until the
    /// provider's keys are read anew. Default: 10,000; none with 0.
    pub fn cached_tokens(mut self, capacity: usize) -> Self {
        self.cached_tokens = capacity;
        self
    }

    /// Where instances see which proofs of possession (DPoP) the others have taken, so that each is
    /// good once on all of them: a store as for sessions, which one request with a bound token asks
    /// once. While it is away such requests are answered with 503. Default: each process remembers its
    /// own (RFC 9449 §11.1).
    pub fn shared_proofs(mut self, store: impl SessionStore) -> Self {
        self.proofs = Some(Observed::around(Arc::new(store)));
        self
    }

    /// Wants a nonce of this API's in each proof of possession, so that none was made beforehand (RFC
    /// 9449 §9): a proof without one is answered with 401 `use_dpop_nonce` and the header
    /// `DPoP-Nonce`. A nonce counts for five minutes; the next one comes with an answer after half of
    /// that. Instances that share the secret, of 32 random characters at least, know each other's.
    /// Default: that of `api.dpop_nonce_secret`, which can be exchanged by a reload, and is not looked
    /// at where this is given; without either none is asked for.
    pub fn dpop_nonces(mut self, secret: Secret) -> Self {
        self.nonces = Some(secret);
        self
    }

    /// How the providers are reached. Default: reqwest with rustls and the platform's certificates.
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http = Some(Arc::new(client));
        self
    }

    /// Whether to ask the providers for their keys at once, in the background, if the layer is
    /// built within a tokio runtime. Default: yes. Else the first token asks.
    pub fn discover_at_start(mut self, discover: bool) -> Self {
        self.discover = discover;
        self
    }

    /// Which clock to go by. Default: the system's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Builds the layer. An API starts even when its providers are away; until their keys are known
    /// it answers 503.
    ///
    /// # Errors
    ///
    /// When the HTTP client cannot be set up, as without any trusted certificates; when the secret of
    /// [`dpop_nonces`](Self::dpop_nonces) has less than 32 characters.
    pub fn build(self) -> Result<BearerLayer, Error> {
        #[cfg(feature = "metrics")]
        crate::metrics::begin(crate::metrics::Part::Bearer);
        let nonces = self.nonces.map(|secret| Nonces::new(&secret, []));
        let nonces = nonces.transpose()?;
        let http = match self.http {
            Some(http) => http,
            None => Arc::new(ReqwestClient::new().map_err(Error::http_client)?),
        };
        let parts = Parts {
            optional: self.optional,
            cached_tokens: self.cached_tokens,
            http,
            clock: self.clock,
            proofs: self.proofs,
            nonces,
        };
        let gate = Gate::new(self.config, parts)?;
        if self.discover {
            gate.verifier.discover();
        }
        Ok(BearerLayer {
            current: Arc::new(Current::new(gate, self.discover)),
        })
    }
}

impl fmt::Debug for BearerLayerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerLayerBuilder(…)")
    }
}

const CACHED_TOKENS: usize = 10_000;
