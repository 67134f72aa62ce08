//! What stays in a tenant when the files of a registration are taken back.

use toml::{Table, Value};

use crate::change::ChangeSet;
use crate::project::CONFIG_FILE;

/// Sentences about the registrations that the files name no more.
pub(crate) fn remains(changes: &ChangeSet, present: Option<&str>) -> Vec<String> {
    let after = changes.read(CONFIG_FILE).ok().flatten();
    let kept = registrations(after.as_deref().unwrap_or_default());
    let before = registrations(present.unwrap_or_default());
    let gone = before.into_iter().filter(|it| !kept.contains(it));
    let gone: Vec<_> = gone.collect();
    let mut said: Vec<_> = gone
        .iter()
        .map(|(tenant, id)| {
            format!(
                "the application {id} stays in the tenant {tenant}, with its secret and consent; remove it: \
                 az ad app delete --id {id}"
            )
        })
        .collect();
    said.push("user flows and APIs that were made stay in the tenant".to_owned());
    said
}

/// Tenant and application of each profile.
fn registrations(text: &str) -> Vec<(String, String)> {
    let document: Table = text.parse().unwrap_or_default();
    let profiles = document.get("profile").and_then(Value::as_table);
    let profiles = profiles.into_iter().flat_map(Table::values);
    let named = profiles.filter_map(|profile| {
        let setting = |key: &str| profile.get("provider")?.get(key)?.as_str();
        Some((
            setting("tenant")?.to_owned(),
            setting("client_id")?.to_owned(),
        ))
    });
    named.collect()
}
