//! Which way a browser goes while users move from one provider to another.

use std::fmt;

use crate::crypto::random;

/// What a browser keeps of it: a number drawn once, so that a share of all browsers is always the same
/// ones and a larger share has the smaller in it; and whether it was signed in at the new provider.
///
/// It is kept in an unsealed cookie: whoever forges it only chooses for themselves, which a link may do
/// as well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Route {
    /// From 0 to 99.
    number: u8,
    pub(crate) moved: bool,
}

impl Route {
    /// That of a browser which has none yet.
    pub(crate) fn draw() -> Self {
        let drawn = u64::from_le_bytes(random()) % 100;
        Self {
            number: u8::try_from(drawn).unwrap_or_default(),
            moved: false,
        }
    }

    /// The same number, after a sign-in at the new provider or at another.
    pub(crate) fn with_moved(self, moved: bool) -> Self {
        Self { moved, ..self }
    }

    /// Whether the browser is one of this many of a hundred.
    pub(crate) fn is_within(self, percent: u8) -> bool {
        self.number < percent
    }

    pub(super) fn parse(value: &str) -> Option<Self> {
        let (number, moved) = match value.strip_suffix(MOVED) {
            Some(number) => (number, true),
            None => (value, false),
        };
        let number = number.parse().ok().filter(|number| *number < 100)?;
        Some(Self { number, moved })
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moved = if self.moved { MOVED } else { "" };
        write!(f, "{}{moved}", self.number)
    }
}

const MOVED: &str = "-moved";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_nothing_else() {
        for text in ["0", "99", "7-moved"] {
            assert_eq!(Route::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "100",
            "-1",
            "7-",
            "moved",
            "-moved",
            "7-moved-moved",
            " 7",
        ] {
            assert_eq!(Route::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_drawn_from_the_whole_range() {
        let drawn = || Route::draw().number;
        let seen: std::collections::BTreeSet<_> = (0..4000).map(|_| drawn()).collect();
        assert_eq!(seen.len(), 100);
        assert_eq!(seen.last(), Some(&99));
    }
}
