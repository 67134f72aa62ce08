//! A store that is away, or cannot do what it is asked for.

use std::fmt;

/// A store that cannot do its work, at present or at all.
#[derive(Debug)]
pub struct StoreError {
    cause: Box<dyn std::error::Error + Send + Sync>,
    reason: Reason,
}

impl StoreError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: cause.into(),
            reason: Reason::Away,
        }
    }

    /// A newer version of the app wrote the record, in a format that this one does not know.
    pub(crate) fn newer_format() -> Self {
        let cause = "a newer version of the app wrote the record; it will do when this instance is \
                     up to date";
        Self {
            reason: Reason::NewerFormat,
            ..Self::new(cause)
        }
    }

    pub(crate) fn is_newer_format(&self) -> bool {
        self.reason == Reason::NewerFormat
    }

    /// Somebody tries tickets.
    pub(crate) fn unknown_tickets() -> Self {
        let cause = "more tickets that nobody was given than are looked up in a second";
        Self {
            reason: Reason::UnknownTickets,
            ..Self::new(cause)
        }
    }

    pub(crate) fn is_about_unknown_tickets(&self) -> bool {
        self.reason == Reason::UnknownTickets
    }

    /// Sessions are in the browsers, and this is about others than the request's own.
    pub(crate) fn in_browsers() -> Self {
        let cause = "session.store = \"cookie\" keeps each session in its own browser only: sessions \
                     cannot be listed, or ended from elsewhere; use another store for that";
        Self {
            reason: Reason::Impossible,
            ..Self::new(cause)
        }
    }

    /// A session does not fit into cookies.
    pub(crate) fn too_large(most: usize) -> Self {
        let cause = format!(
            "the session takes more than the {most} bytes that session.cookie_max_bytes allows (claims, \
             refresh token and what cannot be fetched again); ask for fewer claims or scopes, or use \
             session.store = \"memory\" or \"redis\""
        );
        Self {
            reason: Reason::Impossible,
            ..Self::new(cause)
        }
    }

    /// The cause alone.
    #[cfg(feature = "redis")]
    pub(crate) fn reason(&self) -> String {
        self.cause.to_string()
    }

    /// Whether trying again is of no use: what was asked for this store cannot do.
    pub fn is_permanent(&self) -> bool {
        self.reason == Reason::Impossible
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Reason::Impossible => self.cause.fmt(f),
            Reason::Away | Reason::NewerFormat | Reason::UnknownTickets => {
                write!(f, "the session store is not available: {}", self.cause)
            }
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.cause)
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Reason {
    Away,
    NewerFormat,
    UnknownTickets,
    Impossible,
}
