//! Text that goes between what is there.

use super::source::Source;

/// Text that goes in at a byte of a source file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Insertion {
    pub(super) at: usize,
    pub(super) text: String,
}

impl Insertion {
    pub(super) fn new(at: usize, text: impl Into<String>) -> Self {
        Self {
            at,
            text: text.into(),
        }
    }
}

impl Source {
    /// The text with everything put in, and every byte of its own kept.
    pub(super) fn with(&self, mut insertions: Vec<Insertion>) -> String {
        insertions.sort_by_key(|insertion| insertion.at);
        let mut text = String::with_capacity(self.text.len() + 200);
        let mut from = 0;
        for insertion in insertions {
            text.push_str(self.text.get(from..insertion.at).unwrap_or_default());
            text.push_str(&insertion.text);
            from = insertion.at;
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
        text
    }
}
