use std::collections::BTreeMap;

use minijinja::{Error, ErrorKind, Value};

use crate::protocol::Language;

/// What the pages say, in every language.
pub(super) struct Texts(Vec<(Language, BTreeMap<String, String>, Value)>);

impl Texts {
    pub(super) fn new() -> Result<Self, Error> {
        let damaged = |_| Error::new(ErrorKind::BadSerialization, "a text file is damaged");
        Language::ALL
            .into_iter()
            .map(|language| {
                let texts: BTreeMap<String, String> =
                    serde_json::from_str(source(language)).map_err(damaged)?;
                let pairs = texts
                    .iter()
                    .map(|(key, text)| (key.clone(), Value::from(text.as_str())));
                let value = Value::from_pairs(pairs);
                Ok((language, texts, value))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(super) fn get<'a>(&'a self, language: Language, key: &'a str) -> &'a str {
        let found = self.0.iter().find(|(other, ..)| *other == language);
        found
            .and_then(|(_, texts, _)| texts.get(key))
            .map_or(key, String::as_str)
    }

    pub(super) fn all(&self, language: Language) -> Value {
        let found = self.0.iter().find(|(other, ..)| *other == language);
        found.map(|(.., value)| value.clone()).unwrap_or_default()
    }
}

fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../texts/en.json"),
        Language::German => include_str!("../../texts/de.json"),
        Language::Spanish => include_str!("../../texts/es.json"),
        Language::French => include_str!("../../texts/fr.json"),
        Language::Japanese => include_str!("../../texts/ja.json"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_everything() {
        let texts = Texts::new().unwrap();
        let (_, english, _) = &texts.0[0];
        for (language, translated, _) in &texts.0 {
            assert!(english.keys().eq(translated.keys()), "{language:?}");
            assert!(
                translated.values().all(|text| !text.is_empty()),
                "{language:?}"
            );
        }
    }
}
