//! A secret that was found, on its way to `.env`.

use std::fmt;

/// A secret. It prints as two of its characters at most.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct FoundSecret(String);

impl FoundSecret {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the file that it is written to.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a text that is to be shown gives it away.
    pub(super) fn is_in(&self, text: &str) -> bool {
        text.contains(&self.0)
    }
}

impl fmt::Display for FoundSecret {
    /// Enough to recognize a long secret by, nothing of a short one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.0.chars().count();
        let shown: String = self.0.chars().take(2).collect();
        let shown = if length < LONG { "" } else { &shown };
        write!(f, "{shown}•••••• ({length} characters)")
    }
}

impl fmt::Debug for FoundSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FoundSecret")
    }
}

const LONG: usize = 16;
