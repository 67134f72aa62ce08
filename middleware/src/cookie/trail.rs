//! What the redirects of the last seconds were about, so that they cannot go in circles.

use std::fmt;

/// The trail of a journey between app and provider. It is kept in an unsealed cookie: whoever
/// forges it only spoils their own journey.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Trail {
    /// The user cancelled and is on the way back.
    Cancelled,
    /// So many challenges in a row, with no page in between.
    Challenged(u8),
}

impl Trail {
    /// The trail after one more challenge; `None` if that would be one too many.
    pub(crate) fn challenged_again(trail: Option<Self>) -> Option<Self> {
        let before = match trail {
            Some(Self::Challenged(count)) => count,
            _ => 0,
        };
        (before < MOST_CHALLENGES).then_some(Self::Challenged(before + 1))
    }

    pub(super) fn parse(value: &str) -> Option<Self> {
        match value {
            "cancelled" => Some(Self::Cancelled),
            count => count.parse().ok().map(Self::Challenged),
        }
    }
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("cancelled"),
            Self::Challenged(count) => write!(f, "{count}"),
        }
    }
}

/// A provider that knows the user answers at once, so a circle gets here within seconds; people
/// see a page in between.
const MOST_CHALLENGES: u8 = 6;
