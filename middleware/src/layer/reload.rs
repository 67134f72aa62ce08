//! Takes over changed settings without dropping a request.

use std::sync::Arc;
use std::time::Duration;

use super::builder::B2cLayer;
use super::current::Current;
use crate::config::{Config, ConfigError, STORE_CREDENTIAL};
use crate::reload::{
    Reason, ReloadError, Reloadable, Reloaded, Reloads, reload, reload_with, watch,
};

impl B2cLayer {
    /// Reads the configuration again, as [`Config::read_again`] does, and takes over what has changed:
    /// providers and their credentials, downstream APIs, cookie keys, how long sessions last.
    ///
    /// Requests under way go on by the settings that they began with; sign-ins that wait at a provider
    /// and sessions go on as long as `session.cookie_keys` has the key that sealed them. Sessions of a
    /// provider that was taken out are over. What is known of a provider that stays is kept. For an app
    /// that is told of a change, as by SIGHUP; [`reload_on_change`](Self::reload_on_change) looks by
    /// itself. A [`BearerLayer`](crate::BearerLayer) that [follows](crate::BearerLayer::follow) this layer
    /// takes over the same configuration, or neither does.
    ///
    /// ```no_run
    /// # async fn f(layer: tower_b2c::B2cLayer) -> std::io::Result<()> {
    /// use tokio::signal::unix::{SignalKind, signal};
    ///
    /// let mut hang_up = signal(SignalKind::hangup())?;
    /// tokio::spawn(async move {
    ///     while hang_up.recv().await.is_some() {
    ///         // What is wrong is in the log, and in the answers to health probes.
    ///         let _ = layer.reload().await;
    ///     }
    /// });
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the configuration has mistakes, or differs in what only a restart takes over, or its files
    /// cannot be read: within five seconds, after five for its turn at most, or while four threads hang that
    /// have begun to read them before. All old settings stay in use then, and the next reload reads again: it
    /// is whole or not at all.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, and in one without time (`enable_time`).
    pub async fn reload(&self) -> Result<Reloaded, ReloadError> {
        reload(&**self.current()).await
    }

    /// As [`reload`](Self::reload), with a configuration that the app has got from elsewhere. A
    /// [`reload`](Self::reload) that has read files before does not replace it: it reads again, from
    /// where this configuration came from.
    ///
    /// # Errors
    ///
    /// When it differs in what only a restart takes over.
    pub fn reload_with(&self, config: Config) -> Result<Reloaded, ReloadError> {
        reload_with(&**self.current(), config)
    }

    /// Looks at the configuration file and the `.env` file beside it this often from now on, and reloads
    /// when what they say has changed; for as long as the layer is in use. Contents are compared, so
    /// that a mounted volume whose links are exchanged is noticed, as Kubernetes does with Secrets and
    /// ConfigMaps. Files that the configuration refers to (secrets, keys, certificates, cookie keys) are
    /// looked at every five seconds without this. The session store keeps the credential that it was
    /// opened with until a restart; that there is another is in the log.
    ///
    /// A file that cannot be used leaves the old settings in use; it is logged once, counted
    /// (`tower_b2c_config_reloads_total`), shown (`tower_b2c_config_reload_failed`) and told to health probes, until it can be used again.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn reload_on_change(&self, every: Duration) {
        tokio::spawn(watch(Arc::downgrade(self.current()), every));
    }
}

impl Reloadable for Current {
    type Settings = Config;
    type Source = Source;

    fn reloads(&self) -> &Reloads {
        &self.reloads
    }

    fn source(&self) -> Source {
        Source {
            config: Arc::clone(&self.shell().config),
            is_followed: self.followers.are_there(),
        }
    }

    fn read_again(source: &Source) -> Result<Config, ConfigError> {
        source.config.read_again()
    }

    fn digest(source: &Source) -> [u8; 32] {
        match &source.config.api {
            Some(api) if source.is_followed => api.digest(),
            _ => source.config.source.digest(),
        }
    }

    fn exchange(&self, config: Config) -> Result<Vec<String>, Reason> {
        let shell = self.shell();
        let fixed = shell.config.fixed_in(&config);
        if !fixed.is_empty() {
            return Err(Reason::Fixed(fixed));
        }
        shell.has_assertions_for(&config).map_err(Reason::Unfit)?;
        // The last that can fail: from here on it is for all of them.
        let followers = self.followers.prepare(config.api.as_ref())?;
        let mut changes = shell.config.changes_to(&config);
        if changes.iter().any(|change| change == STORE_CREDENTIAL) {
            tracing::warn!(
                "session.store has another credential in the configuration; the store keeps the one that it \
                 was opened with until a restart"
            );
        }
        if !changes.is_empty() {
            shell.keys.adopt(&config.cookie_keys);
        }
        // Also if nothing differs: it is read again from where this one came from.
        let renewed = shell.renewed(Arc::new(config));
        if self.discover {
            renewed.providers.discover();
        }
        self.set(renewed);
        followers.go(&mut changes);
        Ok(changes)
    }
}

/// What a web app's settings were read from, and those of the APIs that follow it.
pub(crate) struct Source {
    config: Arc<Config>,
    is_followed: bool,
}
