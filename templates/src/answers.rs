//! What is filled into a template.

use std::collections::BTreeMap;

/// Named values for a template. A template that uses a name without a value does not render.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Answers(BTreeMap<String, String>);

impl Answers {
    /// No values yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value, or replaces the one of this name.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    pub(crate) fn values(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}
