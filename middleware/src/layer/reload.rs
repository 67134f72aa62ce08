//! Takes over changed settings without dropping a request.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::builder::B2cLayer;
use super::current::Current;
use crate::config::{Config, ConfigError, STORE_CREDENTIAL};
use crate::error::Error;
use crate::metrics::{self, Reload};

impl B2cLayer {
    /// Reads the configuration again, as [`Config::read_again`] does, and takes over what has changed:
    /// providers and their credentials, downstream APIs, cookie keys, how long sessions last.
    ///
    /// Requests under way go on by the settings that they began with; sign-ins that wait at a provider
    /// and sessions go on as long as `session.cookie_keys` has the key that sealed them. Sessions of a
    /// provider that was taken out are over. What is known of a provider that stays is kept. For an app
    /// that is told of a change, as by SIGHUP; [`reload_on_change`](Self::reload_on_change) looks by
    /// itself.
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
    /// When the configuration has mistakes, or differs in what only a restart takes over. All old
    /// settings stay in use then: a reload is whole or not at all.
    pub async fn reload(&self) -> Result<Reloaded, ReloadError> {
        reload(self.current()).await
    }

    /// As [`reload`](Self::reload), with a configuration that the app has got from elsewhere.
    ///
    /// # Errors
    ///
    /// When it differs in what only a restart takes over.
    pub fn reload_with(&self, config: Config) -> Result<Reloaded, ReloadError> {
        take_over(self.current(), Ok(config))
    }

    /// Looks at the configuration file and the `.env` file beside it this often from now on, and reloads
    /// when what they say has changed; for as long as the layer is in use. Contents are compared, so
    /// that a mounted volume whose links are exchanged is noticed, as Kubernetes does with Secrets and
    /// ConfigMaps. Files that the configuration refers to (secrets, keys, certificates, cookie keys) are
    /// looked at every five seconds without this. The session store keeps the credential that it was
    /// opened with until a restart; that there is another is in the log.
    ///
    /// A file that cannot be used leaves the old settings in use; it is logged once, counted
    /// (`tower_b2c_config_reloads_total`) and told to health probes, until it can be used again.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn reload_on_change(&self, every: Duration) {
        tokio::spawn(watch(Arc::downgrade(self.current()), every));
    }
}

/// What a reload has changed.
#[derive(Clone, Debug, Default)]
pub struct Reloaded {
    changes: Vec<String>,
}

impl Reloaded {
    /// The tables and names that differ, such as `provider default`, `provider staff (added)`,
    /// `session.cookie_keys`, `downstream`, `session.store (its credential, from a restart on)`; none if nothing does. No values.
    pub fn changes(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().map(String::as_str)
    }

    /// Whether everything is as it was.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// Why settings were not taken over; the old ones stay in use.
#[derive(Debug)]
pub struct ReloadError(Reason);

#[derive(Debug)]
enum Reason {
    Mistakes(ConfigError),
    Fixed(Vec<&'static str>),
    Assertion(Error),
    Stopped,
}

impl ReloadError {
    /// The settings that differ and that only a restart takes over; none if it is about something else.
    pub fn needs_restart(&self) -> &[&'static str] {
        match &self.0 {
            Reason::Fixed(settings) => settings,
            _ => &[],
        }
    }
}

impl fmt::Display for ReloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not taken over, the old settings stay in use: ")?;
        match &self.0 {
            Reason::Mistakes(error) => error.fmt(f),
            Reason::Fixed(settings) => write!(
                f,
                "{} cannot change while the app runs; restart it, or take the change back",
                settings.join(", ")
            ),
            Reason::Assertion(error) => error.fmt(f),
            Reason::Stopped => f.write_str("reading it was cut off"),
        }
    }
}

impl std::error::Error for ReloadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Reason::Mistakes(error) => Some(error),
            Reason::Assertion(error) => Some(error),
            _ => None,
        }
    }
}

async fn reload(current: &Arc<Current>) -> Result<Reloaded, ReloadError> {
    let _alone = current.reading.lock().await;
    let shell = current.shell();
    // Files may be on a disk that hangs.
    let read = tokio::task::spawn_blocking(move || shell.config.read_again()).await;
    let read = read.map_err(|_| Reason::Stopped);
    take_over(
        current,
        read.and_then(|read| read.map_err(Reason::Mistakes)),
    )
}

/// Exchanges the settings, or says why not: in the log once, and to health probes until it is over.
fn take_over(current: &Current, config: Result<Config, Reason>) -> Result<Reloaded, ReloadError> {
    // Held throughout, so that of two reloads the later one's settings stay.
    let mut problem = current.problem();
    match config.and_then(|config| exchange(current, config)) {
        Ok(changes) => {
            *problem = None;
            let nothing = changes.is_empty();
            metrics::config_reloaded(if nothing {
                Reload::Unchanged
            } else {
                Reload::Changed
            });
            if !changes.is_empty() {
                tracing::info!(
                    changes = changes.join(", "),
                    "the configuration was reloaded"
                );
            }
            Ok(Reloaded { changes })
        }
        Err(reason) => {
            let error = ReloadError(reason);
            let told = error.to_string();
            if problem.as_ref() != Some(&told) {
                metrics::config_reloaded(Reload::Refused);
                tracing::error!("{told}");
                *problem = Some(told);
            }
            Err(error)
        }
    }
}

fn exchange(current: &Current, config: Config) -> Result<Vec<String>, Reason> {
    let shell = current.shell();
    let fixed = shell.config.fixed_in(&config);
    if !fixed.is_empty() {
        return Err(Reason::Fixed(fixed));
    }
    shell
        .has_assertions_for(&config)
        .map_err(Reason::Assertion)?;
    let changes = shell.config.changes_to(&config);
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
    if current.discover {
        renewed.providers.discover();
    }
    current.exchange(renewed);
    Ok(changes)
}

async fn watch(current: Weak<Current>, every: Duration) {
    let mut seen = None;
    loop {
        let Some(current) = current.upgrade() else {
            return;
        };
        let settled = settled(&current).await;
        // What was complained of may have been a file that it refers to.
        if settled.is_some() && (settled != seen || current.reload_problem().is_some()) {
            seen = settled;
            let _ = reload(&current).await;
        }
        drop(current);
        tokio::time::sleep(every).await;
    }
}

/// What the files say, once nobody writes them any more.
async fn settled(current: &Current) -> Option<[u8; 32]> {
    let mut last = None;
    for _ in 0..MOST_LOOKS {
        let shell = current.shell();
        let look = tokio::task::spawn_blocking(move || shell.config.source.digest());
        let digest = look.await.ok()?;
        if last == Some(digest) {
            return last;
        }
        last = Some(digest);
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    last
}

/// For as long a file that is being written may stand half-written.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
const MOST_LOOKS: usize = 20;
