use std::collections::BTreeMap;

use libtest_mimic::Failed;

use crate::features::Feature;

/// What a witness says of each feature that it tried.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report(BTreeMap<String, Outcome>);

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
        Ok(Self(outcomes.collect()))
    }

    /// How it went with one feature; `None` if nobody tried.
    pub(crate) fn of(&self, feature: &Feature) -> Option<&Outcome> {
        self.0.get(feature.name)
    }

    /// Features that failed, with what the client said.
    pub(crate) fn failures(&self) -> Vec<String> {
        let lines = self.0.iter().filter_map(|(name, outcome)| match outcome {
            Outcome::Fails(message) => Some(format!("{name}: {message}")),
            Outcome::Works => None,
        });
        lines.collect()
    }
}

fn read(word: &str) -> Outcome {
    match word {
        "ok" => Outcome::Works,
        _ => Outcome::Fails(word.to_owned()),
    }
}
