//! The tables of a profile in `b2c.toml`, written by this tool.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use super::settings::{Secret, Tenant, is_several};
use super::uncomment::uncomment;
use crate::error::Error;
use crate::lock::LockFile;
use crate::merge::parse;
use crate::project::CONFIG_FILE;
use b2c_templates::Kind;

/// Sets in a text of this tool's what is asked for.
pub(super) fn set(text: &str, profile: &str, tenant: &Tenant) -> Result<String, Error> {
    let mut document = with_profile(text, profile)?;
    let root = document.as_table_mut();
    set_address(root, profile, tenant);
    set_audiences(root, profile, tenant);
    set_at(root, &["profile", profile, "provider"], tenant);
    with_address(&document.to_string(), profile, tenant)
}

/// The text with the table of the address in place of the template's comment, if it was set.
pub(super) fn with_address(text: &str, profile: &str, tenant: &Tenant) -> Result<String, Error> {
    match tenant.base_url {
        Some(_) => uncomment(text, &["profile", profile, "app"]),
        None => Ok(text.to_owned()),
    }
}

/// Sets in a profile where browsers reach the app, if that is asked for.
pub(super) fn set_address(root: &mut dyn TableLike, profile: &str, tenant: &Tenant) {
    if let Some(url) = &tenant.base_url {
        let put_url = &mut |app: &mut dyn TableLike| put(app, "base_url", url.as_str().into());
        with_table(root, &["profile", profile, "app"], put_url);
    }
}

/// Sets in a profile whose tokens an API takes, if that is asked for.
pub(super) fn set_audiences(root: &mut dyn TableLike, profile: &str, tenant: &Tenant) {
    if let Some(audiences) = &tenant.audiences {
        let put_list = &mut |api: &mut dyn TableLike| put(api, "audiences", list(audiences));
        with_table(root, &["profile", profile, "api"], put_list);
    }
}

/// Sets in the provider's table at this path what is asked for, its user flows included.
pub(super) fn set_at(root: &mut dyn TableLike, path: &[&str], tenant: &Tenant) {
    with_table(root, path, &mut |provider| set_provider(provider, tenant));
    let has_flows = tenant.kind.is_none_or(Kind::has_user_flows);
    for (key, flow) in tenant.user_flows.iter().filter(|_| has_flows) {
        let path = [path, &["user_flows"]].concat();
        with_table(root, &path, &mut |flows| match flow {
            Some(flow) => put(flows, key, flow.as_str().into()),
            None => drop(flows.remove(key)),
        });
    }
}

/// Sets in a provider's table what is asked for.
pub(crate) fn set_provider(provider: &mut dyn TableLike, tenant: &Tenant) {
    let is_set = |key: &str| tenant.text_of(key).is_some();
    if let Some(kind) = tenant.kind {
        put(provider, "kind", kind.to_string().into());
        if !kind.has_user_flows() {
            provider.remove("user_flows");
            // Is that of the other kind, unless it is set anew.
            if !is_set("instance") {
                provider.remove("instance");
            }
        }
        if kind == Kind::Oidc {
            provider.remove("tenant");
        } else {
            provider.remove("issuer");
        }
    }
    for (key, text) in &tenant.texts {
        put(provider, key, text.as_str().into());
    }
    let is_one = |tenant: &str| !is_several(tenant);
    if let Some(tenants) = &tenant.allowed_tenants {
        put(provider, "allowed_tenants", list(tenants));
    } else if tenant.text_of("tenant").is_some_and(is_one)
        || tenant.kind.is_some_and(|kind| kind != Kind::Entra)
    {
        // One tenant alone may come.
        provider.remove("allowed_tenants");
    }
    if is_set("tenant") || is_set("instance") {
        // The other way to say the same; both at once are a mistake.
        provider.remove("authority");
    }
    if let Some(secret) = &tenant.secret {
        put(provider, "client_secret", reference(secret));
    }
}

/// What a profile says of its provider, for the lock file: enough to write it again.
pub(super) fn snapshot(text: &str, profile: &str) -> toml::Table {
    let document: toml::Table = text.parse().unwrap_or_default();
    let Some(profile) = document.get("profile").and_then(|all| all.get(profile)) else {
        return toml::Table::new();
    };
    let mut snapshot = toml::Table::new();
    for (section, keys) in KEYS {
        let Some(table) = profile.get(section) else {
            continue;
        };
        for key in *keys {
            let is_empty = |value: &toml::Value| value.as_array().is_some_and(Vec::is_empty);
            if let Some(value) = table.get(key).filter(|value| !is_empty(value)) {
                snapshot.insert(format!("{section}.{key}"), value.clone());
            }
        }
    }
    snapshot
}

/// Writes what the lock file has about tenants into a fresh text of the template.
pub(crate) fn replay(text: &str, lock: &LockFile) -> Result<String, Error> {
    let mut text = text.to_owned();
    for (profile, snapshot) in &lock.tenants {
        let mut document = with_profile(&text, profile)?;
        for (section, keys) in KEYS {
            let path = ["profile", profile.as_str(), section];
            let wants = keys
                .iter()
                .any(|key| snapshot.contains_key(&format!("{section}.{key}")));
            if wants {
                with_table(document.as_table_mut(), &path, &mut |table| {
                    for key in *keys {
                        restore(table, key, snapshot.get(&format!("{section}.{key}")));
                    }
                });
            }
        }
        text = uncomment(&document.to_string(), &["profile", profile, "app"])?;
    }
    match lock
        .answers
        .get(ACTIVE_PROFILE)
        .and_then(toml::Value::as_str)
    {
        Some(active) => activate(&text, active),
        None => Ok(text),
    }
}

/// Notes in the lock file what a text of this tool's says of a profile.
pub(crate) fn note(lock: &mut LockFile, text: &str, profile: &str) {
    lock.tenants
        .insert(profile.to_owned(), snapshot(text, profile));
}

/// Makes this the active profile.
pub(super) fn activate(text: &str, profile: &str) -> Result<String, Error> {
    let mut document = parse(CONFIG_FILE, text)?;
    put(document.as_table_mut(), ACTIVE_PROFILE, profile.into());
    Ok(document.to_string())
}

/// A setting as the lock file has it; a table key by key, so that its form stays.
fn restore(table: &mut dyn TableLike, key: &str, wanted: Option<&toml::Value>) {
    match wanted {
        None => drop(table.remove(key)),
        Some(toml::Value::Table(wanted)) if key == "user_flows" => {
            with_table(table, &[key], &mut |flows| {
                let present = flows.iter().map(|(key, _)| key.to_owned());
                for gone in present.collect::<Vec<_>>() {
                    if !wanted.contains_key(&gone) {
                        flows.remove(&gone);
                    }
                }
                for (key, flow) in wanted {
                    put(flows, key, edited(flow));
                }
            });
        }
        Some(wanted) => put(table, key, edited(wanted)),
    }
}

/// The document, with a heading for the profile if it is a new one.
fn with_profile(text: &str, profile: &str) -> Result<DocumentMut, Error> {
    let document = parse(CONFIG_FILE, text)?;
    let profiles = document.get("profile").and_then(Item::as_table_like);
    let present = |all: &dyn TableLike| {
        all.get(profile)
            .and_then(|own| own.get("provider"))
            .is_some()
    };
    if profiles.is_some_and(present) {
        return Ok(document);
    }
    let quoted = toml_edit::Key::new(profile).to_string();
    let heading = format!(
        "{text}\n# --- {profile} {}\n\n[profile.{quoted}.provider]\n",
        "-".repeat(82_usize.saturating_sub(profile.chars().count()).max(3))
    );
    parse(CONFIG_FILE, &heading)
}

/// Does something to the table at this path, which is made where it is not.
pub(crate) fn with_table(
    current: &mut dyn TableLike,
    path: &[&str],
    act: &mut dyn FnMut(&mut dyn TableLike),
) {
    let [first, rest @ ..] = path else {
        act(current);
        return;
    };
    if !current.get(first).is_some_and(Item::is_table_like) {
        let mut table = Table::new();
        table.set_implicit(!rest.is_empty());
        current.insert(first, Item::Table(table));
    }
    if let Some(below) = current.get_mut(first).and_then(Item::as_table_like_mut) {
        with_table(below, rest, act);
    }
}

/// Sets a value; where there is one, its comments and its place stay.
pub(crate) fn put(table: &mut dyn TableLike, key: &str, new: Value) {
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        _ => {
            table.insert(key, value(new));
        }
    }
}

fn reference(secret: &Secret) -> Value {
    let (how, name) = match secret {
        Secret::Env(name) => ("env", name),
        Secret::File(path) => ("file", path),
    };
    let mut table = InlineTable::new();
    table.insert(how, name.as_str().into());
    Value::InlineTable(table)
}

pub(super) fn list(texts: &[String]) -> Value {
    Value::Array(texts.iter().map(String::as_str).collect::<Array>())
}

fn edited(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(value) => (*value).into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => Value::Array(items.iter().map(edited).collect()),
        toml::Value::Table(table) => {
            let pairs = table
                .iter()
                .map(|(key, value)| (key.as_str(), edited(value)));
            Value::InlineTable(pairs.collect())
        }
    }
}

/// The settings of a profile that `tenant` writes.
const KEYS: &[(&str, &[&str])] = &[
    ("app", &["base_url"]),
    ("api", &["audiences"]),
    (
        "provider",
        &[
            "kind",
            "tenant",
            "allowed_tenants",
            "instance",
            "issuer",
            "client_id",
            "client_secret",
            "client_secret_expires",
            "user_flows",
        ],
    ),
];
pub(super) const ACTIVE_PROFILE: &str = "active_profile";
