//! The settings that pages show are settings that the layer takes.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "these are tests, helpers included"
)]

use std::collections::BTreeSet;

use site::{Fence, Repository};
use toml::{Table, Value};
use tower_b2c::{Config, ConfigError};

#[test]
fn the_layer_takes_every_setting_on_the_pages() {
    let mut read = 0;
    for page in layers_pages() {
        for fence in page.fences() {
            if !fence.is("toml") || is_anothers(&fence) {
                continue;
            }
            let place = format!("{}:{}", page.place(), fence.line);
            let table: Table = fence
                .code
                .parse()
                .unwrap_or_else(|error| panic!("{place}: {error}"));
            for profile in profiles(&table) {
                let loaded = load(table.clone(), profile.as_deref());
                assert!(
                    loaded.is_ok(),
                    "{place} {profile:?}: {}",
                    loaded.unwrap_err()
                );
            }
            read += 1;
        }
    }
    assert!(read > 15, "only {read} blocks");
}

#[test]
fn a_wrong_setting_would_be_seen() {
    for wrong in [
        "[app]\nbase_ulr = 'x'",
        "[session]\nstore = 'disk'",
        "[api]\nscopes = []",
    ] {
        let table = wrong.parse().unwrap();
        assert!(load(table, None).is_err(), "{wrong}");
    }
}

/// Another program's settings, to be imported, or cargo's.
fn is_anothers(fence: &Fence) -> bool {
    fence.remark("save").is_some() || fence.code.contains("dependencies]\n")
}

/// As an app whose tables these are would, with what the page leaves out.
fn load(mut table: Table, profile: Option<&str>) -> Result<(), ConfigError> {
    let is_api_alone = table.contains_key("api") && !table.contains_key("app");
    let has = |key: &str| {
        let of_profile = profile.and_then(|name| table.get("profile")?.get(name)?.get(key));
        table.contains_key(key) || of_profile.is_some()
    };
    let (has_provider, routes) = (has("provider") || has("providers"), has("routing"));
    if !is_api_alone {
        let app = table.entry("app").or_insert_with(|| Table::new().into());
        let app = app.as_table_mut().unwrap();
        app.entry("base_url")
            .or_insert("https://app.contoso.com".into());
    }
    let ours: Table = PROVIDER.parse().unwrap();
    match table.get_mut("provider").and_then(Value::as_table_mut) {
        // Some keys of a provider, for any kind.
        Some(provider) if !provider.contains_key("kind") => {
            for (key, value) in &ours {
                provider.entry(key).or_insert_with(|| value.clone());
            }
        }
        None if !has_provider && routes => {
            let mut two = Table::new();
            two.insert("default".to_owned(), ours.clone().into());
            two.insert("external-id".to_owned(), ours.into());
            table.insert("providers".to_owned(), two.into());
            let app = table["app"].as_table_mut().unwrap();
            app.insert("default_provider".to_owned(), "default".into());
        }
        None if !has_provider => {
            table.insert("provider".to_owned(), ours.into());
        }
        _ => {}
    }
    let names = variables(&Value::Table(table.clone()));
    let values = names.iter().map(|name| (name.as_str(), value_of(name)));
    // Secrets in files of another machine are read from one of this test's own.
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&secret, KEY).unwrap();
    let path = secret.path().display().to_string();
    table
        .iter_mut()
        .for_each(|(_, value)| rename_files(value, &path));
    let mut file = Config::from_text(table.to_string()).environment(values);
    if let Some(profile) = profile {
        file = file.profile(profile);
    }
    if is_api_alone {
        file.load_api().map(|_| ())
    } else {
        file.load().map(|_| ())
    }
}

/// The names behind every `env`.
fn variables(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Table(table) => {
                if let Some(name) = table.get("env").and_then(Value::as_str) {
                    names.insert(name.to_owned());
                }
                waiting.extend(table.values());
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    names
}

/// Exchanges every `{ file = "…" }`.
fn rename_files(value: &mut Value, path: &str) {
    match value {
        Value::Table(table) => {
            if let (1, Some(file)) = (table.len(), table.get_mut("file")) {
                *file = path.into();
            }
            table
                .iter_mut()
                .for_each(|(_, value)| rename_files(value, path));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| rename_files(value, path)),
        _ => {}
    }
}

fn value_of(variable: &str) -> &'static str {
    match variable {
        "REDIS_URL" => "redis://localhost:6379",
        "DATABASE_URL" => "postgres://localhost/app",
        _ => KEY,
    }
}

/// The profiles that a page shows; without any, the base tables alone.
fn profiles(table: &Table) -> Vec<Option<String>> {
    match table.get("profile").and_then(Value::as_table) {
        Some(profiles) => profiles.keys().map(|name| Some(name.clone())).collect(),
        None => vec![None],
    }
}

const KEY: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
const PROVIDER: &str = "
kind = 'b2c'
tenant = 'contoso'
client_id = '11112222-bbbb-3333-cccc-4444dddd5555'
client_secret = { env = 'B2C_CLIENT_SECRET' }
user_flows = { sign_up_sign_in = 'B2C_1_signupsignin1', invite = 'B2C_1A_invite' }
";

fn layers_pages() -> Vec<site::Page> {
    let mut pages = Repository::pages().unwrap();
    let shown = |path: &str| path.starts_with("docs/") || path.starts_with("middleware/");
    pages.retain(|page| shown(page.place().path()));
    pages
}
