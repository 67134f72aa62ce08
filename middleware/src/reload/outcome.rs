//! What became of a reload.

use std::fmt;
use std::time::Duration;

use crate::config::ConfigError;
use crate::error::Error;

/// What a reload has changed.
#[derive(Clone, Debug, Default)]
pub struct Reloaded {
    changes: Vec<String>,
}

impl Reloaded {
    pub(super) fn new(changes: Vec<String>) -> Self {
        Self { changes }
    }

    /// The tables and names that differ, such as `provider default`, `provider staff (added)`,
    /// `session.cookie_keys`, `downstream`, `session.store (its credential, from a restart on)`, of a
    /// [`BearerLayer`](crate::BearerLayer) `api.base_url`, `tokens of provider default`; none if nothing
    /// does. No values.
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
pub struct ReloadError(pub(super) Reason);

#[derive(Debug)]
pub(crate) enum Reason {
    /// The configuration has mistakes.
    Mistakes(ConfigError),
    /// These settings differ, and only a restart takes them over.
    Fixed(Vec<&'static str>),
    /// It does not go with what the app's code says.
    Unfit(Error),
    /// The disk has not answered for as long.
    Slow(Duration),
    /// The runtime ends.
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
            Reason::Unfit(error) => error.fmt(f),
            Reason::Slow(waited) => write!(
                f,
                "it could not be read within {} seconds; see whether the disk or the mount of its \
                 files answers",
                waited.as_secs()
            ),
            Reason::Stopped => f.write_str("reading it was cut off"),
        }
    }
}

impl std::error::Error for ReloadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Reason::Mistakes(error) => Some(error),
            Reason::Unfit(error) => Some(error),
            _ => None,
        }
    }
}
