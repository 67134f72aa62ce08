//! Client secrets that end, by the day that `client_secret_expires` has.

use toml::{Table, Value};

use super::finding::Finding;
use super::project::Project;
use super::rule::Rule;
use crate::day::Day;

/// Judges the day of each client secret. What is no day is a mistake of the configuration's. The app uses
/// the secrets of its profile, and those that all profiles have unless its own replaces them; of all others
/// it is told early, for whoever uses them.
pub(super) fn judge(project: &Project, findings: &mut Vec<Finding>) {
    let profiles = project.table.get("profile").and_then(Value::as_table);
    let profiles = profiles.into_iter().flatten();
    let profiles = profiles.filter_map(|(name, own)| Some((Some(name.as_str()), own.as_table()?)));
    for (profile, settings) in std::iter::once((None, &project.table)).chain(profiles) {
        for (path, day) in days(settings) {
            let key = path.join(".");
            let key = profile.map_or(key.clone(), |name| format!("profile.{name}.{key}"));
            let used = project.setting(project.active.as_deref(), &path);
            let is_used = used.is_some_and(|(used, _)| used == key);
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

/// The days of a profile's providers, each with the keys that lead to it.
fn days(settings: &Table) -> Vec<(Vec<&str>, Day)> {
    let only = settings.get("provider");
    let only = only.map(|provider| (vec!["provider", KEY], provider));
    let several = settings.get("providers").and_then(Value::as_table);
    let several = several.into_iter().flatten();
    let several = several.map(|(name, provider)| (vec!["providers", name, KEY], provider));
    let day = |(path, provider): (_, &Value)| {
        let text = match provider.get(KEY)? {
            Value::String(text) => text.clone(),
            Value::Datetime(day) => day.to_string(),
            _ => return None,
        };
        Some((path, text.parse().ok()?))
    };
    only.into_iter().chain(several).filter_map(day).collect()
}

const KEY: &str = "client_secret_expires";
/// Days; the layer's health check warns as early (`warn_before_expiry`).
const SOON: i64 = 30;
