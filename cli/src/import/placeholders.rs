//! `${NAME}` and `${NAME:default}` in `.env` files and in Spring's settings.

use std::collections::BTreeMap;

use super::node::{Entry, Place, Value};
use super::source::Source;
use crate::error::Error;

/// Puts values in the place of their names. `variable` knows those from outside the file.
///
/// # Errors
///
/// A value refers to itself.
pub(super) fn resolve(
    source: &Source,
    entries: &mut [Entry],
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(), Error> {
    let text_of = |entry: &Entry| match &entry.value {
        Value::Text(text) => Some((entry.key.clone(), (text.clone(), entry.place.clone()))),
        _ => None,
    };
    let resolver = Resolver {
        texts: entries.iter().filter_map(text_of).collect(),
        variable,
    };
    for entry in entries {
        let open = vec![entry.key.clone()];
        resolver.value(source, &mut entry.value, &entry.place, &open)?;
    }
    Ok(())
}

struct Resolver<'a> {
    texts: BTreeMap<String, (String, Place)>,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Resolver<'_> {
    fn value(
        &self,
        source: &Source,
        value: &mut Value,
        place: &Place,
        open: &[String],
    ) -> Result<(), Error> {
        match value {
            Value::Text(text) if text.contains('$') || text.contains(DOLLAR) => {
                *value = match self.text(source, text, place, open)? {
                    Some(text) => Value::Text(text.replace(DOLLAR, "$")),
                    None => {
                        Value::Unknown("it refers to a variable that is set elsewhere".to_owned())
                    }
                };
            }
            Value::List(items) => {
                for item in items {
                    self.value(source, &mut item.value, place, open)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(
        &self,
        source: &Source,
        text: &str,
        place: &Place,
        open: &[String],
    ) -> Result<Option<String>, Error> {
        let mut result = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            result.push_str(&rest[..at]);
            let Some(length) = rest[at..].find('}') else {
                break;
            };
            let inner = &rest[at + 2..at + length];
            let (name, default) = match inner.split_once(':') {
                Some((name, default)) => (name, Some(default.trim_start_matches('-'))),
                None => (inner, None),
            };
            if open.iter().any(|key| key == name) {
                let message = format!("{name} refers to itself");
                return Err(source.fault(place, &message));
            }
            let found = match self.texts.get(name) {
                Some((text, place)) if open.len() < DEEPEST => {
                    let mut open = open.to_vec();
                    open.push(name.to_owned());
                    self.text(source, text, place, &open)?
                }
                _ => (self.variable)(name).or_else(|| default.map(str::to_owned)),
            };
            let Some(found) = found else {
                return Ok(None);
            };
            result.push_str(&found);
            if result.len() > LONGEST {
                return Err(source.fault(place, "longer than any setting"));
            }
            rest = &rest[at + length + 1..];
        }
        result.push_str(rest);
        Ok(Some(result))
    }
}

/// A dollar sign that stands for itself.
pub(super) const DOLLAR: &str = "\u{e000}";
const DEEPEST: usize = 16;
const LONGEST: usize = 16 * 1024;
