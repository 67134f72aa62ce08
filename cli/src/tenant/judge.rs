//! Judges a configuration with the code that the app reads it with.

use std::path::Path;

use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value};
use tower_b2c::Config;

use super::options::{options_of, told};
use super::unknown::gathered;
use crate::error::Error;
use crate::project::{CONFIG_FILE, is_api};

/// Refuses a text that the app could not be configured with, in this profile, or without one. What was wrong in the
/// text before already is returned in place of it.
///
/// # Errors
///
/// What is wrong with the new text only; wrong usage where each of it has an option.
pub(crate) fn judge(
    root: &Path,
    profile: Option<&str>,
    before: &str,
    after: &str,
) -> Result<Vec<String>, Error> {
    let known = problems(root, profile, before);
    let found = problems(root, profile, after);
    let new: Vec<_> = found
        .iter()
        .filter(|problem| !known.contains(problem) && !is_for_later(problem))
        .cloned()
        .collect();
    if new.is_empty() {
        return Ok(found);
    }
    let all = new.iter().map(String::as_str);
    let (options, are_all) = options_of(profile.unwrap_or_default(), all);
    let list = gathered(&new).join("\n  ");
    let what = profile.map_or(CONFIG_FILE.to_owned(), |name| {
        format!("the profile \"{name}\"")
    });
    let message = format!(
        "the app could not use {what} like this; nothing was written:\n  {list}{}",
        told(&options)
    );
    Err(if are_all {
        Error::Usage(message)
    } else {
        Error::Config(message)
    })
}

/// Whose tokens an API accepts is known once it is registered there, and no setting of a tenant's. It is
/// looked at as soon as the provider is complete.
fn is_for_later(problem: &str) -> bool {
    problem.contains("api.audiences: found nothing")
}

/// Everything that is wrong with a profile, whatever secrets this machine has.
pub(super) fn problems(root: &Path, profile: Option<&str>, text: &str) -> Vec<String> {
    let Ok(mut document) = text.parse::<DocumentMut>() else {
        return Vec::new();
    };
    place_secrets(root, document.as_table_mut(), STAND_IN);
    let file = Config::from_text(document.to_string()).environment(STAND_INS);
    let file = match profile {
        Some(profile) => file.profile(profile),
        None => file,
    };
    let table = text.parse().unwrap_or_default();
    let result = if is_api(&table) {
        file.load_api().map(drop)
    } else {
        file.load().map(drop)
    };
    let Err(error) = result else {
        return Vec::new();
    };
    let problems = error.problems().iter().map(|problem| {
        let key = if problem.key.is_empty() { "" } else { ": " };
        format!("{}{key}{}", problem.key, problem.sentence())
    });
    problems.collect()
}

/// Secrets are where the app runs, not necessarily here. Files are looked for beside `b2c.toml`.
/// `secret` is the stand-in for what this table has in the environment: a store's is an address.
fn place_secrets(root: &Path, table: &mut dyn TableLike, secret: &str) {
    for (key, item) in table.iter_mut() {
        let how = item.as_table_like().filter(|table| table.len() == 1);
        let is_env = how.is_some_and(|table| table.contains_key("env"));
        let file = how.and_then(|table| table.get("file")?.as_str());
        let is_plain = matches!(key.get(), "client_secret" | "cookie_key");
        if is_env || (is_plain && file.is_some()) {
            *item = reference("env", secret);
        } else if let Some(file) = file {
            *item = reference("file", &root.join(file).to_string_lossy());
        } else if let Item::ArrayOfTables(tables) = item {
            tables
                .iter_mut()
                .for_each(|table| place_secrets(root, table, secret));
        } else if let Some(below) = item.as_table_like_mut() {
            let secret = match key.get() {
                "redis" => REDIS,
                "postgres" => POSTGRES,
                _ => secret,
            };
            place_secrets(root, below, secret);
        }
    }
}

fn reference(how: &str, name: &str) -> Item {
    let mut table = InlineTable::new();
    table.insert(how, name.into());
    Item::Value(Value::InlineTable(table))
}

const STAND_IN: &str = "B2C_INIT_STAND_IN";
const REDIS: &str = "B2C_INIT_REDIS";
const POSTGRES: &str = "B2C_INIT_POSTGRES";
/// Used for nothing. The first is long enough for a cookie key.
const STAND_INS: [(&str, &str); 3] = [
    (STAND_IN, "stands in for a secret that is elsewhere"),
    (REDIS, "redis://elsewhere"),
    (POSTGRES, "postgres://elsewhere"),
];
