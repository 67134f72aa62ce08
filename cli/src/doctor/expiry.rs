//! Client secrets that end, by the day that `client_secret_expires` has.

use toml::{Table, Value};

use super::finding::Finding;
use super::project::Project;
use super::rule::Rule;
use crate::day::Day;

/// Judges the day of each client secret. What is no day is a mistake of the configuration's.
pub(super) fn judge(project: &Project, findings: &mut Vec<Finding>) {
    let profiles = project.table.get("profile").and_then(Value::as_table);
    let profiles = profiles.into_iter().flatten();
    let profiles = profiles.filter_map(|(name, own)| Some((Some(name.as_str()), own.as_table()?)));
    for (profile, settings) in std::iter::once((None, &project.table)).chain(profiles) {
        let is_used = profile.is_none() || profile == project.active.as_deref();
        for (key, day) in days(settings) {
            let key = profile.map_or(key.clone(), |name| format!("profile.{name}.{key}"));
            let left = day.days_from(Day::today());
            let (rule, what) = match left {
                SOON.. => continue,
                1.. => (Rule::SecretEnds, format!("{day}, in {left} days")),
                _ if is_used => (Rule::SecretEnded, format!("{day} has come")),
                _ => (Rule::SecretEnds, format!("{day} has come")),
            };
            findings.push(Finding::new(rule, &key, what).at(project.position(&key)));
        }
    }
}

/// The days of a profile's providers, each with its dotted key.
fn days(settings: &Table) -> Vec<(String, Day)> {
    let only = settings.get("provider");
    let only = only.map(|provider| ("provider".to_owned(), provider));
    let several = settings.get("providers").and_then(Value::as_table);
    let several = several.into_iter().flatten();
    let several = several.map(|(name, provider)| (format!("providers.{name}"), provider));
    let day = |(path, provider): (String, &Value)| {
        let text = match provider.get(KEY)? {
            Value::String(text) => text.clone(),
            Value::Datetime(day) => day.to_string(),
            _ => return None,
        };
        Some((format!("{path}.{KEY}"), text.parse().ok()?))
    };
    only.into_iter().chain(several).filter_map(day).collect()
}

const KEY: &str = "client_secret_expires";
/// Days; the layer's health check warns as early (`warn_before_expiry`).
const SOON: i64 = 30;
