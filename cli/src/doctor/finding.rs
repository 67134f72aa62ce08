//! Something that doctor found.

use serde_json::{Value, json};

use super::rule::Rule;

/// Something that is wrong, or good to know. Never holds a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Finding {
    pub(crate) rule: Rule,
    /// Where: a file, a setting, a provider's user flow.
    pub(crate) place: String,
    /// What was found there.
    pub(crate) what: String,
}

impl Finding {
    pub(crate) fn new(rule: Rule, place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            rule,
            place: place.into(),
            what: what.into(),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "code": self.rule.code(),
            "severity": self.rule.severity().name(),
            "place": self.place,
            "found": self.what,
            "meaning": self.rule.meaning(),
            "fix": self.rule.advice(),
        })
    }
}
