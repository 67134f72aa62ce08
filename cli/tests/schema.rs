//! The schema of `b2c.toml` has the keys that the layer reads, no more and no fewer, each of a type
//! that the layer takes.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tower_b2c::{Config, Problem};

fn schema() -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    let output = command.arg("schema").output().expect("it runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Settings in which each table is there, and each way of reading a table is taken once.
fn variations() -> Vec<String> {
    let kinds = ["b2c", "external-id", "entra", "oidc"];
    let methods = ["client_secret_post", "private_key_jwt", "workload_identity"];
    let stores = [
        "url = { env = \"X\" }",
        "sentinels = [{ env = \"X\" }]\nmaster_name = \"b2c\"",
        "cluster = [{ env = \"X\" }]",
    ];
    let mut texts = Vec::new();
    for kind in kinds {
        for method in methods {
            texts.push(text(kind, method, "memory", ""));
        }
    }
    for servers in stores {
        texts.push(text("b2c", methods[0], "redis", servers));
    }
    let redis = text("b2c", methods[0], "redis", stores[0]);
    let entra = "[session.redis.entra]\nauthority = \"https://login.microsoftonline.com/contoso\"";
    texts.push(redis.replacen("[session.redis.entra]", entra, 1));
    texts.push(text("b2c", methods[0], "postgres", ""));
    texts.push(text("b2c", methods[0], "sqlite", ""));
    let authority = "kind = \"b2c\"\nauthority = \"https://contoso.b2clogin.com/contoso/flow\"";
    let memory = text("b2c", methods[0], "memory", "");
    texts.push(memory.replacen("kind = \"b2c\"", authority, 1));
    texts
}

fn text(kind: &str, method: &str, store: &str, servers: &str) -> String {
    format!(
        "
        [app]
        #app
        [session]
        store = \"{store}\"
        #session
        [session.redis]
        {servers}
        #session.redis
        [session.redis.entra]
        #session.redis.entra
        [session.postgres]
        url = {{ env = \"X\" }}
        #session.postgres
        [session.sqlite]
        #session.sqlite
        [provider]
        kind = \"{kind}\"
        client_authentication = \"{method}\"
        #provider
        [provider.metadata]
        #provider.metadata
        [api]
        #api
        [api.providers.default]
        #api.providers.default
        [[downstream]]
        #downstream
        [routing]
        #routing
        "
    )
}

/// Every problem, in any variation, of settings with a line more in one table.
fn problems(table: &str, key: &str, value: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    for text in variations() {
        // A key that is there already is replaced.
        let (before, after) = text.split_once(&format!("#{table}\n")).expect("a table");
        let start = before
            .rfind('[')
            .map_or(0, |_| before.rfind("]\n").map_or(0, |at| at + 2));
        let (head, own) = before.split_at(start);
        let own = own
            .lines()
            .filter(|line| !line.trim().starts_with(&format!("{key} =")));
        let own: Vec<_> = own.collect();
        let text = format!("{head}{}\n{key} = {value}\n{after}", own.join("\n"));
        let loaded = Config::from_text(text)
            .environment([("X", "redis://localhost")])
            .load();
        found.extend(
            loaded
                .expect_err("settings that lack things")
                .problems()
                .to_vec(),
        );
    }
    found
}

/// The keys that the layer knows in a table, as it lists them for a key that it does not know.
fn known(table: &str) -> BTreeSet<String> {
    let unknown = "a key that does not exist";
    let problems = problems(table, "zzz", "1");
    let lists = problems.iter().filter(|problem| problem.found == unknown);
    let lists = lists.filter(|problem| problem.key.ends_with("zzz"));
    let lists = lists.filter_map(|problem| problem.expected.strip_prefix("one of "));
    let keys = lists.flat_map(|list| list.split(", ").map(str::to_owned));
    keys.collect()
}

fn properties<'s>(schema: &'s Value, pointer: &str) -> &'s serde_json::Map<String, Value> {
    let properties = schema.pointer(&format!("{pointer}/properties"));
    properties.and_then(Value::as_object).expect("properties")
}

const TABLES: [(&str, &str); 10] = [
    ("app", "/$defs/app"),
    ("session", "/$defs/session"),
    ("session.redis", "/$defs/session/properties/redis"),
    ("session.postgres", "/$defs/session/properties/postgres"),
    ("session.sqlite", "/$defs/session/properties/sqlite"),
    ("provider", "/$defs/provider"),
    ("provider.metadata", "/$defs/provider/properties/metadata"),
    ("api", "/$defs/api"),
    ("downstream", "/properties/downstream/items"),
    ("routing", "/$defs/routing"),
];

#[test]
fn the_schema_has_the_keys_that_the_layer_reads() {
    let schema = schema();
    let more = (
        "api.providers.default",
        "/$defs/api/properties/providers/additionalProperties",
    );
    for (table, pointer) in TABLES.into_iter().chain([more]) {
        let listed: BTreeSet<_> = properties(&schema, pointer).keys().cloned().collect();
        assert_eq!(
            listed,
            known(table),
            "[{table}]: the schema's, and the layer's"
        );
    }
}

#[test]
fn tokens_for_redis_have_keys_of_their_own_and_those_of_a_provider() {
    let schema = schema();
    let listed = properties(&schema, "/$defs/session/properties/redis/properties/entra");
    let listed: BTreeSet<_> = listed.keys().cloned().collect();
    let known = known("session.redis.entra");
    assert!(
        !known.is_empty() && listed.is_subset(&known),
        "{listed:?}, {known:?}"
    );
    let of_provider = properties(&schema, "/$defs/provider");
    let mut others = known.difference(&listed);
    assert!(others.all(|key| of_provider.contains_key(key)), "{known:?}");
}

#[test]
fn the_schema_has_the_tables_that_the_layer_reads() {
    let text = "zzz = 1\n[api]\n[app]\n";
    let error = Config::from_text(text).environment([("X", "")]).load();
    let error = error.expect_err("settings that lack things");
    let mut lists = error
        .problems()
        .iter()
        .filter(|problem| problem.key == "zzz");
    let list = lists
        .next()
        .and_then(|problem| problem.expected.strip_prefix("one of "));
    let known: BTreeSet<_> = list
        .expect("a list")
        .split(", ")
        .map(str::to_owned)
        .collect();
    let schema = schema();
    let listed = properties(&schema, "").keys();
    assert_eq!(listed.cloned().collect::<BTreeSet<_>>(), known);
}

#[test]
fn every_key_has_a_description_and_a_type_that_is_checked() {
    let schema = schema();
    for (table, pointer) in TABLES {
        for (key, entry) in properties(&schema, pointer) {
            let place = format!("{table}.{key}");
            assert!(entry["description"].is_string(), "{place}");
            let is_open = entry["additionalProperties"].is_object() || key == "authorize";
            let is_table = entry["type"] == "object";
            if is_open || is_table {
                continue;
            }
            let named = |problem: &Problem| {
                let place = place.replacen("downstream.", "downstream[0].", 1);
                problem.key.starts_with(&place)
            };
            assert!(
                problems(table, key, "1979-05-27").iter().any(named),
                "{place} takes a date"
            );
        }
    }
}

#[test]
fn words_and_ranges_are_those_of_the_layer() {
    let schema = schema();
    for (table, pointer) in TABLES {
        for (key, entry) in properties(&schema, pointer) {
            let place = format!("{table}.{key}");
            let said = |value: &str| {
                let problems = problems(table, key, value);
                let own = problems.into_iter().filter(|problem| problem.key == place);
                own.map(|problem| problem.expected).collect::<Vec<_>>()
            };
            for word in entry["enum"].as_array().into_iter().flatten() {
                let word = word.to_string();
                let listed = said("\"zzz\"");
                assert!(
                    listed.iter().any(|list| list.contains(&word)),
                    "{place}: {word} is none of {listed:?}"
                );
            }
            if let Some(most) = entry["maximum"].as_i64() {
                let listed = said("0");
                let range = format!("from 1 to {most}");
                assert!(
                    listed.iter().any(|list| list.contains(&range)),
                    "{place}: {range} is none of {listed:?}"
                );
            }
        }
    }
}

/// The layer's README and its further pages.
fn pages() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../middleware");
    let docs = fs::read_dir(folder.join("docs")).expect("a folder");
    let docs = docs.filter_map(|entry| Some(entry.ok()?.path()));
    let files = docs.chain([folder.join("README.md")]);
    files
        .filter_map(|file| fs::read_to_string(file).ok())
        .collect()
}

#[test]
fn the_pages_name_every_key_and_no_other() {
    let (schema, pages) = (schema(), pages());
    let word = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let words: BTreeSet<_> = pages.split(word).collect();
    for (table, pointer) in TABLES {
        let keys: BTreeSet<_> = properties(&schema, pointer)
            .keys()
            .map(String::as_str)
            .collect();
        let unnamed: Vec<_> = keys.iter().filter(|key| !words.contains(**key)).collect();
        assert!(unnamed.is_empty(), "[{table}] in no page: {unnamed:?}");
        // The first column of a table of settings.
        let rows = pages.lines().filter(|line| line.starts_with("| `"));
        for quoted in rows.filter_map(|row| row.split('`').nth(1)) {
            let key = quoted.strip_prefix(table);
            let Some(key) = key.and_then(|rest| rest.strip_prefix('.')) else {
                continue;
            };
            let key = key.split(word).next().unwrap_or_default();
            assert!(keys.contains(key), "the pages have a row for {quoted}");
        }
    }
}
