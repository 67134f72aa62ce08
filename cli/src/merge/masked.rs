//! Settings as they are shown: without the secrets that stand where a reference belongs.

use std::ops::Range;

use toml::{Table, Value};
use toml_edit::{Document, Item, TableLike};

use super::commented::{line_end, masked_comments};
use super::env_example::{entries, name_of};

/// Whether a setting of this name is a secret, which a configuration only refers to.
pub(crate) fn is_secret(key: &str) -> bool {
    key.starts_with("cookie_key") || SECRETS.contains(&key)
}

/// What stands at a key, with each secret blotted out at whatever depth; references to secrets stay.
pub(super) fn masked(key: &str, value: Value) -> Value {
    match value {
        Value::Table(table) if !is_secret(key) || is_reference(&table) => {
            let entries = table.into_iter();
            Value::Table(
                entries
                    .map(|(key, value)| (key.clone(), masked(&key, value)))
                    .collect(),
            )
        }
        Value::Array(items) => {
            let items = items.into_iter().map(|item| masked(key, item));
            Value::Array(items.collect())
        }
        Value::String(text) if !is_secret(key) => Value::String(without_password(&text)),
        other if !is_secret(key) => other,
        _ => Value::String(BLOT.to_owned()),
    }
}

/// A text of TOML with each secret blotted out; what stands in comments is looked for line by line. `None`
/// for a text that is not TOML: where its values end, nobody can say.
pub(crate) fn masked_text(text: &str) -> Option<String> {
    let mut spans = Vec::new();
    let document = Document::parse(text).ok()?;
    collect(document.as_table(), false, &mut spans);
    spans.sort_by_key(|(span, _)| span.start);
    let mut shown = String::new();
    let mut end = 0;
    for (span, with) in spans {
        shown.push_str(text.get(end..span.start).unwrap_or_default());
        shown.push_str(&with);
        end = span.end;
    }
    shown.push_str(text.get(end..).unwrap_or_default());
    Some(masked_comments(&shown))
}

/// A text of lines `NAME=value` without the values of names that sound like a secret's.
pub(crate) fn masked_env(text: &str) -> String {
    let lines = entries(text).into_iter().map(|line| {
        let parts = line.split_once('=').zip(name_of(line));
        let Some(((before, value), name)) = parts else {
            return masked_comments(line);
        };
        let value = masked_variable(name, value.trim_end_matches('\n'));
        format!("{before}={value}{}", line_end(line))
    });
    lines.collect()
}

/// The value of an environment variable, blotted out if its name sounds like a secret's.
pub(super) fn masked_variable(name: &str, value: &str) -> String {
    if sounds_secret(name) && !value.trim().is_empty() {
        return BLOT.to_owned();
    }
    without_password(value)
}

/// Whether a name that is none of a configuration's is that of a secret by all that one knows.
pub(super) fn sounds_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = ["secr", "pass", "pw", "token", "key"];
    words.iter().any(|word| name.contains(word))
}

/// The text less the passwords of addresses in it: `postgres://app:…@db/app`. What ought to be escaped in one
/// (`/`, `@`) may not be, so that a password goes as far as the last `@` of its word.
pub(super) fn without_password(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace).map(|word| {
        let parts = word.split_once("://").and_then(|(scheme, rest)| {
            let (user, _) = rest.rsplit_once('@')?;
            let (name, password) = user.split_once(':')?;
            (!password.is_empty()).then(|| (scheme, name, &rest[user.len()..]))
        });
        match parts {
            Some((scheme, name, rest)) => format!("{scheme}://{name}:{BLOT}{rest}"),
            None => word.to_owned(),
        }
    });
    words.collect()
}

/// Where secrets stand, and what is shown in place of each. `is_below` a key of a secret all are.
fn collect(table: &dyn TableLike, is_below: bool, found: &mut Vec<(Range<usize>, String)>) {
    let how = ["env", "file"];
    let is_reference = table.len() == 1 && how.iter().any(|how| table.contains_key(how));
    for (key, item) in table.iter() {
        let is_secret = is_secret(key) || (is_below && !is_reference);
        match item {
            Item::Value(value) => collect_value(value, is_secret, found),
            Item::Table(table) => collect(table, is_secret, found),
            Item::ArrayOfTables(tables) => {
                for table in tables {
                    collect(table, is_secret, found);
                }
            }
            Item::None => {}
        }
    }
}

fn collect_value(
    value: &toml_edit::Value,
    is_secret: bool,
    found: &mut Vec<(Range<usize>, String)>,
) {
    match value {
        toml_edit::Value::InlineTable(table) => collect(table, is_secret, found),
        toml_edit::Value::Array(items) => {
            for item in items {
                collect_value(item, is_secret, found);
            }
        }
        value => {
            let text = value.as_str().unwrap_or_default();
            let with = if is_secret {
                BLOT.to_owned()
            } else {
                without_password(text)
            };
            if let Some(span) = value.span().filter(|_| is_secret || with != text) {
                found.push((span, format!("\"{with}\"")));
            }
        }
    }
}

/// Whether it says where a secret is: `{ env = "NAME" }` or `{ file = "path" }`.
pub(crate) fn is_reference(table: &Table) -> bool {
    table.len() == 1 && (table.contains_key("env") || table.contains_key("file"))
}

/// What a secret is shown as.
pub(super) const BLOT: &str = "•••";
/// Besides cookie keys.
const SECRETS: [&str; 7] = [
    "client_secret",
    "second_client_secret",
    "client_key",
    "client_assertion",
    "dpop_nonce_secret",
    "password",
    "sentinel_password",
];

#[cfg(test)]
mod tests {
    use super::{masked_env, masked_text};

    #[test]
    fn secrets_are_blotted_out_and_nothing_else_is() {
        let text = r#"# client_secret = "hunter2"
active_profile = "tenant" # password: hunter2
a.client_secret = "hunter2" # mine
[b]
client_secret = { env = "NAME" }
second_client_secret = { value = "hunter2" }
client_secret_expires = "2027-01-31"
user_flows.reset_password = "B2C_1_reset"
cookie_keys = ["hunter2", { file = "key" }]
url = "postgres://app:hunter2@db/app?x=y#z"
c = { client_key = '''hunter2
hunter2''', x = 1 }
[[d]]
name = "it's # no comment"
password = 'hunter2'
[b.client_assertion]
file = "token"
"#;
        let shown = masked_text(text).expect("TOML");
        assert!(!shown.contains("hunter2"), "{shown}");
        for kept in [
            "active_profile = \"tenant\"",
            "client_secret = { env = \"NAME\" }",
            "client_secret_expires = \"2027-01-31\"",
            "B2C_1_reset",
            "{ file = \"key\" }",
            "postgres://app:•••@db/app?x=y#z",
            ", x = 1 }",
            "name = \"it's # no comment\"",
            "file = \"token\"",
            "# mine",
        ] {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
        assert_eq!(masked_text("[x\nclient_secret = \"hunter2\"\n"), None);
    }

    #[test]
    fn a_password_ends_where_its_address_says_who_is_asked() {
        for (text, shown) in [
            ("redis://app:hunter2/x@db", "redis://app:•••@db"),
            ("redis://:hunter2@x?@db/0", "redis://:•••@db/0"),
            ("a://b:c@d e://f:g@h", "a://b:•••@d e://f:•••@h"),
            ("https://db:8080/app", "https://db:8080/app"),
        ] {
            assert_eq!(
                masked_env(&format!("URL={text}\n")),
                format!("URL={shown}\n")
            );
        }
        for line in [
            "DB_PW=hunter2\n",
            "Passphrase=hunter2\n",
            "# DB_PW=hunter2\n",
        ] {
            assert!(!masked_env(line).contains("hunter2"), "{line}");
        }
    }
}
