//! What became of a reload.

use std::fmt;
use std::io;
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
pub struct ReloadError(pub(crate) Reason);

#[derive(Debug)]
pub(crate) enum Reason {
    /// The configuration has mistakes.
    Mistakes(ConfigError),
    /// These settings differ, and only a restart takes them over.
    Fixed(Vec<&'static str>),
    /// It does not go with what the app's code says.
    Unfit(Error),
    /// A `B2cLayer` was followed, and is.
    Follows,
    /// The configuration has no `[api]`, and a `BearerLayer` goes by it.
    NoApi,
    /// Another reload has not ended for as long.
    Busy(Duration),
    /// The disk has not answered for as long.
    Slow(Duration),
    /// As many threads that have read them before wait for the disk still, and there are no more.
    Stuck(usize),
    /// The same of a look whether they have changed: what threads are left are for reloads.
    Unseen {
        threads: usize,
        /// Whether a reload that works sets it going again.
        after_reload: bool,
    },
    /// There is no thread to read them with, or it has not come to its end.
    Unread(io::Error),
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
            Reason::Follows => f.write_str(
                "this BearerLayer follows a B2cLayer; what that one takes over it takes over, and nothing else",
            ),
            Reason::NoApi => f.write_str(
                "it has no [api], and a BearerLayer that follows the B2cLayer goes by that; write it, or \
                 restart the app without the API",
            ),
            Reason::Busy(waited) => write!(
                f,
                "the reload before it has not ended within {} seconds; see whether the disk or the mount of \
                 its files answers",
                waited.as_secs()
            ),
            Reason::Slow(waited) => write!(
                f,
                "it could not be read within {} seconds; see whether the disk or the mount of its \
                 files answers",
                waited.as_secs()
            ),
            Reason::Stuck(threads) => write!(
                f,
                "{threads} threads that have begun to read it hang, and no more are started; it can be \
                 read again once one of them returns: see whether the disk or the mount of its files \
                 answers, or restart the app"
            ),
            Reason::Unseen {
                threads,
                after_reload,
            } => write!(
                f,
                "{threads} threads that have begun to read it hang; it is looked at again once one of \
                 them returns{}: see whether the disk or the mount of its files answers, and reload it by \
                 hand then",
                if *after_reload { ", or after a reload" } else { "" }
            ),
            Reason::Unread(error) => write!(
                f,
                "there is no thread that reads it ({error}); see the log, and how many threads and how much \
                 memory the process may have"
            ),
        }
    }
}

impl std::error::Error for ReloadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Reason::Mistakes(error) => Some(error),
            Reason::Unfit(error) => Some(error),
            Reason::Unread(error) => Some(error),
            _ => None,
        }
    }
}
