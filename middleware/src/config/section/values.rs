//! The kinds of values that a table has.

use std::ops::RangeInclusive;
use std::time::Duration;

use toml::Value;

use super::{Section, describe, is_placeholder};
use crate::config::credential::SecretSource;
use crate::config::problem::NO_PLACEHOLDER;
use crate::config::secret;
use crate::config::sources::Sources;
use crate::secret::Secret;
use crate::time::Timestamp;

impl Section {
    pub(in crate::config) fn string(
        &mut self,
        key: &'static str,
        sources: &mut Sources,
    ) -> Option<String> {
        let path = self.path(key);
        match self.take(key)? {
            Value::String(text) if is_placeholder(&text) => {
                sources.report(&path, format!("\"{text}\""), NO_PLACEHOLDER);
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

    pub(in crate::config) fn required(
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

    pub(in crate::config) fn strings(
        &mut self,
        key: &'static str,
        sources: &mut Sources,
    ) -> Vec<String> {
        let path = self.path(key);
        let items = match self.take(key) {
            Some(Value::Array(items)) => items,
            None => Vec::new(),
            Some(other) => vec![other],
        };
        let texts = items.into_iter().filter_map(|item| match item {
            Value::String(text) if is_placeholder(&text) => {
                sources.report(&path, format!("\"{text}\""), NO_PLACEHOLDER);
                None
            }
            Value::String(text) => Some(text),
            other => {
                sources.report(&path, describe(&other), "a list of strings");
                None
            }
        });
        texts.collect()
    }

    pub(in crate::config) fn boolean(
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

    /// A day, from whose beginning (UTC) on something is over: a date of TOML, or one in quotes.
    pub(in crate::config) fn date(
        &mut self,
        key: &'static str,
        sources: &mut Sources,
    ) -> Option<Timestamp> {
        let path = self.path(key);
        let value = self.take(key)?;
        let text = match &value {
            Value::String(text) => Some(text.clone()),
            Value::Datetime(date) if date.time.is_none() => Some(date.to_string()),
            _ => None,
        };
        let date = text.and_then(|text| {
            let parts = text
                .split('-')
                .map(|part| (part.len(), part.parse::<u64>().ok()));
            match *parts.collect::<Vec<_>>() {
                [(4, Some(year)), (2, Some(month)), (2, Some(day))] => {
                    Timestamp::of_date((year, month, day), (0, 0, 0))
                }
                _ => None,
            }
        });
        if date.is_none() {
            sources.report(&path, describe(&value), "a day such as \"2027-01-31\"");
        }
        date
    }

    /// A number of minutes between one and a year's.
    pub(in crate::config) fn minutes(
        &mut self,
        key: &'static str,
        default: u64,
        sources: &mut Sources,
    ) -> Duration {
        Duration::from_secs(self.whole_number(key, default, MINUTES_OF_A_YEAR, sources) * 60)
    }

    /// A number of seconds between one and a day's.
    pub(in crate::config) fn seconds(
        &mut self,
        key: &'static str,
        default: u64,
        sources: &mut Sources,
    ) -> Duration {
        Duration::from_secs(self.whole_number(key, default, SECONDS_OF_A_DAY, sources))
    }

    /// A number of bytes, at most so many.
    pub(in crate::config) fn bytes(
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
    pub(in crate::config) fn count(
        &mut self,
        key: &'static str,
        default: usize,
        most: u32,
        sources: &mut Sources,
    ) -> usize {
        let number = self.whole_number(key, default as u64, i64::from(most), sources);
        usize::try_from(number).unwrap_or(default)
    }

    /// A share of a hundred; none unless written.
    pub(in crate::config) fn percent(&mut self, key: &'static str, sources: &mut Sources) -> u8 {
        let percent = self.number_in(key, 0, 0..=100, sources);
        u8::try_from(percent).unwrap_or_default()
    }

    fn whole_number(
        &mut self,
        key: &'static str,
        default: u64,
        most: i64,
        sources: &mut Sources,
    ) -> u64 {
        self.number_in(key, default, 1..=most, sources)
    }

    fn number_in(
        &mut self,
        key: &'static str,
        default: u64,
        range: RangeInclusive<i64>,
        sources: &mut Sources,
    ) -> u64 {
        let path = self.path(key);
        match self.take(key) {
            None => default,
            Some(Value::Integer(number)) if range.contains(&number) => number.unsigned_abs(),
            Some(other) => {
                let (least, most) = range.into_inner();
                let expected = format!("a whole number from {least} to {most}");
                sources.report(&path, describe(&other), expected);
                default
            }
        }
    }

    /// A secret, written as a reference; [`secret`](crate::config::secret) has the forms.
    pub(in crate::config) fn secret(
        &mut self,
        key: &'static str,
        sources: &mut Sources,
    ) -> Option<Secret> {
        let path = self.path(key);
        secret::read(&path, self.take(key)?, sources)
    }

    /// As [`secret`](Self::secret), with the file to look at again.
    pub(in crate::config) fn secret_source(
        &mut self,
        key: &'static str,
        sources: &mut Sources,
    ) -> Option<SecretSource> {
        let path = self.path(key);
        secret::read_source(&path, self.take(key)?, sources)
    }

    /// References to secrets, in a list or one alone.
    pub(in crate::config) fn secret_sources(
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
}

const MINUTES_OF_A_YEAR: i64 = 525_600;
const SECONDS_OF_A_DAY: i64 = 86_400;
