//! Reads one TOML table key by key and remembers each mistake, so that all are told at once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use toml::{Table, Value};

use super::credential::SecretSource;
use super::problem::Problem;
use super::secret;
use crate::secret::Secret;

/// Where values come from; names the source in each [`Problem`] and looks secrets up.
pub(super) struct Sources {
    /// The file as the operator named it.
    pub(super) file: String,
    /// Dotted keys that did not come from the file, with the name of what set them.
    pub(super) overridden: BTreeMap<String, String>,
    /// The environment, with the `.env` file beneath it.
    pub(super) environment: BTreeMap<String, String>,
    /// Relative secret files are found beside the configuration file.
    pub(super) directory: PathBuf,
    /// The active profile's name, and the tables that it lays over the others.
    pub(super) profile: Option<(String, Table)>,
    pub(super) problems: Vec<Problem>,
}

impl Sources {
    pub(super) fn report(
        &mut self,
        key: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        let overridden = self.overridden.get(key).cloned();
        let key = if overridden.is_some() {
            key.to_owned()
        } else {
            self.in_file(key)
        };
        let source = overridden.unwrap_or_else(|| self.file.clone());
        let (found, expected) = (found.into(), expected.into());
        self.problems.push(Problem {
            source,
            key,
            found,
            expected,
        });
    }
}

impl Sources {
    /// Where the file has this setting: `profile.tenant.provider.client_id`, if the profile has a
    /// table `provider`.
    fn in_file(&self, key: &str) -> String {
        let table = key.split(['.', '[']).next().unwrap_or_default();
        match &self.profile {
            Some((name, tables)) if tables.contains_key(table) => format!("profile.{name}.{key}"),
            _ => key.to_owned(),
        }
    }
}

/// A table that is being read; what nobody asked for is reported as unknown when it is closed.
pub(super) struct Section {
    path: String,
    table: Table,
    known: Vec<&'static str>,
}

impl Section {
    pub(super) fn root(table: Table) -> Self {
        Self {
            path: String::new(),
            table,
            known: Vec::new(),
        }
    }

    /// The dotted key of `key` in this table.
    pub(super) fn path(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    pub(super) fn section(&mut self, key: &'static str, sources: &mut Sources) -> Self {
        let path = self.path(key);
        let table = match self.take(key) {
            Some(Value::Table(table)) => table,
            None => Table::new(),
            Some(other) => {
                sources.report(&path, describe(&other), "a table");
                Table::new()
            }
        };
        Self {
            path,
            table,
            known: Vec::new(),
        }
    }

    /// The tables of an array of tables (`[[key]]`).
    pub(super) fn sections(&mut self, key: &'static str, sources: &mut Sources) -> Vec<Self> {
        let path = self.path(key);
        let items = match self.take(key) {
            Some(Value::Array(items)) => items,
            None => Vec::new(),
            Some(other) => {
                sources.report(&path, describe(&other), format!("tables headed [[{path}]]"));
                Vec::new()
            }
        };
        let numbered = items.into_iter().enumerate();
        numbered
            .filter_map(|(index, item)| match item {
                Value::Table(table) => Some(Self {
                    path: format!("{path}[{index}]"),
                    table,
                    known: Vec::new(),
                }),
                other => {
                    sources.report(&path, describe(&other), "a table");
                    None
                }
            })
            .collect()
    }

    /// The tables within a table (`[key.NAME]`), by name.
    pub(super) fn named(
        &mut self,
        key: &'static str,
        sources: &mut Sources,
    ) -> Vec<(String, Self)> {
        let mut outer = self.section(key, sources);
        let inner = std::mem::take(&mut outer.table).into_iter();
        inner
            .filter_map(|(name, value)| match value {
                Value::Table(table) => {
                    let path = outer.path(&name);
                    let known = Vec::new();
                    Some((name, Self { path, table, known }))
                }
                other => {
                    sources.report(&outer.path(&name), describe(&other), "a table");
                    None
                }
            })
            .collect()
    }

    /// Whether the operator wrote this key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Everything in the table: its names are the operator's own.
    pub(super) fn all(&mut self) -> Table {
        std::mem::take(&mut self.table)
    }

    /// All strings that nobody asked for by name: the operator's own.
    pub(super) fn others(&mut self, sources: &mut Sources) -> Vec<(String, String)> {
        let rest = std::mem::take(&mut self.table).into_iter();
        rest.filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            other => {
                sources.report(&self.path(&name), describe(&other), "a string");
                None
            }
        })
        .collect()
    }

    pub(super) fn string(&mut self, key: &'static str, sources: &mut Sources) -> Option<String> {
        let path = self.path(key);
        match self.take(key)? {
            Value::String(text) if is_placeholder(&text) => {
                let expected = "your own value in place of the placeholder";
                sources.report(&path, format!("\"{text}\""), expected);
                None
            }
            Value::String(text) => Some(text),
            // An identifier of digits alone arrives from the environment as a number.
            Value::Integer(number) => Some(number.to_string()),
            other => {
                sources.report(&path, describe(&other), "a string");
                None
            }
        }
    }

    pub(super) fn required(
        &mut self,
        key: &'static str,
        expected: &str,
        sources: &mut Sources,
    ) -> Option<String> {
        if !self.table.contains_key(key) {
            self.known.push(key);
            sources.report(&self.path(key), "nothing", expected);
            return None;
        }
        self.string(key, sources)
    }

    pub(super) fn strings(&mut self, key: &'static str, sources: &mut Sources) -> Vec<String> {
        let path = self.path(key);
        let items = match self.take(key) {
            Some(Value::Array(items)) => items,
            None => Vec::new(),
            Some(other) => vec![other],
        };
        let texts = items.into_iter().filter_map(|item| match item {
            Value::String(text) => Some(text),
            other => {
                sources.report(&path, describe(&other), "a list of strings");
                None
            }
        });
        texts.collect()
    }

    pub(super) fn boolean(
        &mut self,
        key: &'static str,
        default: bool,
        sources: &mut Sources,
    ) -> bool {
        let path = self.path(key);
        match self.take(key) {
            None => default,
            Some(Value::Boolean(value)) => value,
            Some(other) => {
                sources.report(&path, describe(&other), "true or false");
                default
            }
        }
    }

    /// A number of minutes between one and a year's.
    pub(super) fn minutes(
        &mut self,
        key: &'static str,
        default: u64,
        sources: &mut Sources,
    ) -> Duration {
        Duration::from_secs(self.whole_number(key, default, MINUTES_OF_A_YEAR, sources) * 60)
    }

    /// A number of seconds between one and a day's.
    pub(super) fn seconds(
        &mut self,
        key: &'static str,
        default: u64,
        sources: &mut Sources,
    ) -> Duration {
        Duration::from_secs(self.whole_number(key, default, SECONDS_OF_A_DAY, sources))
    }

    /// A number of bytes, at most so many.
    pub(super) fn bytes(
        &mut self,
        key: &'static str,
        default: u64,
        most: i64,
        sources: &mut Sources,
    ) -> usize {
        let bytes = self.whole_number(key, default, most, sources);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    /// A number of things between one and `most`.
    pub(super) fn count(
        &mut self,
        key: &'static str,
        default: usize,
        most: u32,
        sources: &mut Sources,
    ) -> usize {
        let number = self.whole_number(key, default as u64, i64::from(most), sources);
        usize::try_from(number).unwrap_or(default)
    }

    fn whole_number(
        &mut self,
        key: &'static str,
        default: u64,
        most: i64,
        sources: &mut Sources,
    ) -> u64 {
        let path = self.path(key);
        match self.take(key) {
            None => default,
            Some(Value::Integer(number)) if (1..=most).contains(&number) => number.unsigned_abs(),
            Some(other) => {
                let expected = format!("a whole number from 1 to {most}");
                sources.report(&path, describe(&other), expected);
                default
            }
        }
    }

    /// A secret, written as a reference; [`secret`](super::secret) has the forms.
    pub(super) fn secret(&mut self, key: &'static str, sources: &mut Sources) -> Option<Secret> {
        let path = self.path(key);
        secret::read(&path, self.take(key)?, sources)
    }

    /// As [`secret`](Self::secret), with the file to look at again.
    pub(super) fn secret_source(
        &mut self,
        key: &'static str,
        sources: &mut Sources,
    ) -> Option<SecretSource> {
        let path = self.path(key);
        secret::read_source(&path, self.take(key)?, sources)
    }

    /// References to secrets, in a list or one alone.
    pub(super) fn secret_sources(
        &mut self,
        key: &'static str,
        sources: &mut Sources,
    ) -> Vec<SecretSource> {
        let path = self.path(key);
        let items = match self.take(key) {
            Some(Value::Array(items)) => items,
            only => only.into_iter().collect(),
        };
        let numbered = items.into_iter().enumerate();
        numbered
            .filter_map(|(index, item)| {
                secret::read_source(&format!("{path}[{index}]"), item, sources)
            })
            .collect()
    }

    /// Passes over keys that exist, whether they are there or not.
    pub(super) fn forget(&mut self, keys: &[&'static str]) {
        for key in keys {
            self.table.remove(*key);
            if !self.known.contains(key) {
                self.known.push(key);
            }
        }
    }

    /// Reports what is left in the table as unknown.
    pub(super) fn close(self, sources: &mut Sources) {
        for key in self.table.keys() {
            let expected = format!("one of {}", self.known.join(", "));
            sources.report(&self.path(key), "a key that does not exist", expected);
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }
}

/// Whether a value is one of the fill-in texts that samples and portals use.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let bracketed = (lower.starts_with('<') && lower.ends_with('>')) || lower.starts_with("{{");
    bracketed
        || lower.contains("enter_the_")
        || lower.starts_with("your_")
        || lower.starts_with("your-")
        || lower == "changeme"
        || lower == "qualified.domain.name"
        || lower == "secret-from-app-registration"
        || lower.starts_with("11111111-1111-1111-1111")
}

fn describe(value: &Value) -> String {
    match value {
        Value::String(text) => format!("\"{text}\""),
        other => format!("{} ({})", other, other.type_str()),
    }
}

const MINUTES_OF_A_YEAR: i64 = 525_600;
const SECONDS_OF_A_DAY: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn fill_in_texts_of_samples_are_placeholders() {
        for text in [
            "<your tenant>",
            "Enter_the_Application_Id_Here",
            "your_client_id",
            "{{ID}}",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "contoso",
            "00001111-aaaa-2222-bbbb-3333cccc4444",
            "yourcompany",
            "a<b>c",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
