//! Takes over changed settings without dropping a request.

use std::sync::Arc;
use std::time::Duration;

use super::builder::BearerLayer;
use super::current::Current;
use crate::config::{ApiConfig, ConfigError};
use crate::reload::{
    Reason, ReloadError, Reloadable, Reloaded, Reloads, reload, reload_with, watch,
};

impl BearerLayer {
    /// Reads the configuration again, as [`ApiConfig::read_again`] does, and takes over what has changed:
    /// providers, audiences, user flows, clients, the API's address and scopes, the secret for nonces of
    /// proofs. Nothing of it needs a restart; what the builder was given stays.
    ///
    /// The next request goes by it: a token that is not accepted any more is refused, also if it was
    /// verified before. Requests under way, and streams, go on by the settings that they began with, to
    /// their end. The keys of a provider that stays are kept, and so are the proofs that were seen; nonces
    /// of a secret that was taken out are good for the rest of their five minutes. For an app that is told of a
    /// change, as by SIGHUP; [`reload_on_change`](Self::reload_on_change) looks by itself.
    ///
    /// # Errors
    ///
    /// When the configuration has mistakes, or its files cannot be read, as of
    /// [`B2cLayer::reload`](crate::B2cLayer::reload). All old settings stay in use then: a reload is whole or not
    /// at all.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, and in one without time (`enable_time`).
    pub async fn reload(&self) -> Result<Reloaded, ReloadError> {
        let current = self.current();
        if current.leader().is_none() {
            match reload(&**current).await {
                // Since it has begun to read.
                Err(ReloadError(Reason::Follows)) => {}
                reloaded => return reloaded,
            }
        }
        match current.leader() {
            Some(leader) => reload(&**leader).await,
            None => Err(ReloadError(Reason::Follows)),
        }
    }

    /// As [`reload`](Self::reload), with a configuration that the app has got from elsewhere. A
    /// [`reload`](Self::reload) that has read files before does not replace it: it reads again, from
    /// where this configuration came from.
    ///
    /// # Errors
    ///
    /// As those of [`BearerLayerBuilder::build`](crate::BearerLayerBuilder::build); and when the layer
    /// [follows](Self::follow) a [`B2cLayer`](crate::B2cLayer).
    pub fn reload_with(&self, config: ApiConfig) -> Result<Reloaded, ReloadError> {
        reload_with(&**self.current(), config)
    }

    /// Looks at the configuration file, the `.env` file beside it and the files of `api.dpop_nonce_secret`
    /// this often from now on, and reloads when what they say has changed; for as long as the layer is in
    /// use. As [`B2cLayer::reload_on_change`](crate::B2cLayer::reload_on_change) in all else.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn reload_on_change(&self, every: Duration) {
        match self.current().leader() {
            Some(leader) => tokio::spawn(watch(Arc::downgrade(leader), every)),
            None => tokio::spawn(watch(Arc::downgrade(self.current()), every)),
        };
    }

    /// From now on health probes are told that this instance is not ready
    /// ([`health`](Self::health)), so that requests go to others. Nothing else changes: what comes is
    /// answered as ever, for a while more will. Nothing runs behind the requests that would have to be
    /// waited for.
    pub fn begin_shutdown(&self) {
        self.current().stop();
    }
}

impl Reloadable for Current {
    type Settings = ApiConfig;
    type Source = ApiConfig;

    fn reloads(&self) -> &Reloads {
        &self.reloads
    }

    fn source(&self) -> ApiConfig {
        self.gate().config.clone()
    }

    fn read_again(source: &ApiConfig) -> Result<ApiConfig, ConfigError> {
        source.read_again()
    }

    fn digest(source: &ApiConfig) -> [u8; 32] {
        source.digest()
    }

    fn follows(&self) -> bool {
        self.leader().is_some()
    }

    fn exchange(&self, config: ApiConfig) -> Result<Vec<String>, Reason> {
        if self.follows() {
            return Err(Reason::Follows);
        }
        // Also if nothing differs: it is read again from where this one came from.
        let prepared = self.prepare(config)?;
        Ok(self.adopt(prepared))
    }
}
