use std::collections::BTreeMap;

use libtest_mimic::Failed;

use crate::features::Feature;

/// What a witness says of each feature that it tried.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    outcomes: BTreeMap<String, Outcome>,
    /// What else was said, for whoever has to find out why something failed.
    log: String,
}

/// How it went.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Works,
    /// What the client said.
    Fails(String),
}

impl Report {
    /// Reads the line that a witness ends with.
    pub(crate) fn parse(json: &str) -> Result<Self, Failed> {
        let words: BTreeMap<String, String> = serde_json::from_str(json)?;
        for name in words.keys() {
            if Feature::named(name).is_none() {
                return Err(format!("the feature '{name}' is not in features.rs").into());
            }
        }
        let outcomes = words.into_iter().map(|(name, word)| (name, read(&word)));
        Ok(Self {
            outcomes: outcomes.collect(),
            log: String::new(),
        })
    }

    /// Keeps more words for the case that something failed.
    pub(crate) fn with_log(mut self, log: &str) -> Self {
        self.log.push_str(log);
        self
    }

    /// How it went with one feature; `None` if nobody tried.
    pub(crate) fn of(&self, feature: &Feature) -> Option<&Outcome> {
        self.outcomes.get(feature.name)
    }

    /// Features that failed, with what the client said; empty if none did.
    pub(crate) fn failures(&self) -> Vec<String> {
        let lines = self
            .outcomes
            .iter()
            .filter_map(|(name, outcome)| match outcome {
                Outcome::Fails(message) => Some(format!("{name}: {message}")),
                Outcome::Works => None,
            });
        let mut lines: Vec<String> = lines.collect();
        if !lines.is_empty() {
            lines.push(self.log.clone());
        }
        lines
    }
}

fn read(word: &str) -> Outcome {
    match word {
        "ok" => Outcome::Works,
        _ => Outcome::Fails(word.to_owned()),
    }
}
