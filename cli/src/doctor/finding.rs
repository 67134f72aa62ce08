//! Something that doctor found.

use serde_json::{Value, json};
use tower_b2c::Position;

use super::rule::Rule;

/// Something that is wrong, or good to know. Never holds a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Finding {
    pub(crate) rule: Rule,
    /// Where: a file, a setting, a provider's user flow.
    pub(crate) place: String,
    /// What was found there.
    pub(crate) what: String,
    /// Where `b2c.toml` has it.
    position: Option<Position>,
    /// What to do about it here, where that is more than the rule can say.
    advice: Option<String>,
}

impl Finding {
    pub(crate) fn new(rule: Rule, place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            rule,
            place: place.into(),
            what: what.into(),
            position: None,
            advice: None,
        }
    }

    pub(super) fn at(mut self, position: Option<Position>) -> Self {
        self.position = position;
        self
    }

    pub(super) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// The same, with settings of `[provider]` by their names in this table.
    pub(super) fn in_table(self, table: &str) -> Self {
        let advice = self.advice().replace("provider.", &format!("{table}."));
        self.advise(advice)
    }

    /// What to do about it.
    pub(crate) fn advice(&self) -> &str {
        let own = self.advice.as_deref();
        own.unwrap_or_else(|| self.rule.advice())
    }

    /// The place and what is there: `b2c.toml:12:3: provider.kind: found …`.
    pub(crate) fn sentence(&self) -> String {
        let Self { place, what, .. } = self;
        match self.position {
            Some(position) if place == CONFIG_FILE => format!("{place}:{position}: {what}"),
            Some(position) => format!("{CONFIG_FILE}:{position}: {place}: {what}"),
            None => format!("{place}: {what}"),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "code": self.rule.code(),
            "severity": self.rule.severity().name(),
            "place": self.place,
            "line": self.position.map(|position| position.line),
            "column": self.position.map(|position| position.column),
            "found": self.what,
            "meaning": self.rule.meaning(),
            "fix": self.advice(),
        })
    }
}

pub(super) const CONFIG_FILE: &str = "b2c.toml";
