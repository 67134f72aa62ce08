//! One code, explained.

use serde_json::{Value, json};
use tower_b2c::Explanation;

use crate::doctor::Rule;
use crate::status::Status;

/// What is known of one code.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// `AADB2C90118`, or the number of an exit code.
    pub(crate) code: String,
    /// What it says.
    pub(crate) meaning: String,
    /// What the layer does about it, in words and by its name in code.
    pub(crate) layer: Option<(&'static str, String)>,
    /// What to do about it; `None` where there is nothing to mend.
    pub(crate) advice: Option<String>,
}

impl Entry {
    /// One for programs to read.
    pub(crate) fn to_json(&self) -> Value {
        let (does, reaction) = self.layer.as_ref().map_or((None, None), |(does, name)| {
            (Some(*does), Some(name.as_str()))
        });
        json!({
            "code": self.code,
            "meaning": self.meaning,
            "reaction": reaction,
            "layer": does,
            "advice": self.advice,
        })
    }
}

impl From<Explanation> for Entry {
    fn from(explanation: Explanation) -> Self {
        let reaction = explanation.reaction();
        Self {
            code: explanation.code().to_owned(),
            meaning: explanation.meaning().to_owned(),
            layer: Some((reaction.description(), format!("{reaction:?}"))),
            advice: explanation.advice().map(str::to_owned),
        }
    }
}

impl From<Status> for Entry {
    fn from(status: Status) -> Self {
        Self {
            code: status.code().to_string(),
            meaning: format!("This tool's exit code: {}.", status.meaning()),
            layer: None,
            advice: None,
        }
    }
}

impl From<Rule> for Entry {
    fn from(rule: Rule) -> Self {
        Self {
            code: rule.code().to_owned(),
            meaning: rule.meaning().to_owned(),
            layer: None,
            advice: Some(rule.advice().to_owned()),
        }
    }
}
