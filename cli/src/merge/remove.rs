//! Takes a key out of a TOML document, and nothing of people's with it.

use toml_edit::{Item, Table};

use super::comments::comments_besides;
use super::target::Target;

/// Takes the key out. Comments on it that are not the template's go to the key that follows; they are
/// returned where none does.
pub(super) fn remove(from: &mut Target<'_>, key: &str, base: &str) -> Vec<String> {
    let Target::Table(table) = from else {
        // A table in braces is one line, and its comment stands behind it.
        from.like_mut().remove(key);
        return Vec::new();
    };
    let keys = table.iter().map(|(key, _)| key.to_owned());
    let next = keys.skip_while(|other| other != key).nth(1);
    let Some((key, item)) = table.remove_entry(key) else {
        return Vec::new();
    };
    let mut text = String::new();
    text.extend(key.leaf_decor().prefix().and_then(|prefix| prefix.as_str()));
    written(&item, &mut text);
    let comments = comments_besides(&text, base);
    if comments.is_empty() {
        return Vec::new();
    }
    let following = next.filter(|next| table.get(next).is_some_and(Item::is_value));
    let Some(mut following) = following.and_then(|next| table.key_mut(&next)) else {
        return comments.into_iter().map(str::to_owned).collect();
    };
    let decor = following.leaf_decor_mut();
    let after = decor
        .prefix()
        .and_then(|prefix| prefix.as_str())
        .unwrap_or_default();
    let prefix = format!("{}\n{after}", comments.join("\n"));
    decor.set_prefix(prefix);
    Vec::new()
}

/// Everything that is written in an item, comments included.
fn written(item: &Item, text: &mut String) {
    match item {
        Item::None => {}
        Item::Value(value) => text.push_str(&value.to_string()),
        Item::Table(table) => written_table(table, text),
        Item::ArrayOfTables(tables) => tables.iter().for_each(|table| written_table(table, text)),
    }
    text.push('\n');
}

fn written_table(table: &Table, text: &mut String) {
    let decor = table.decor();
    for part in [decor.prefix(), decor.suffix()].into_iter().flatten() {
        text.extend(part.as_str());
        text.push('\n');
    }
    for (key, item) in table {
        let prefix = table.key(key).and_then(|key| key.leaf_decor().prefix());
        text.extend(prefix.and_then(|prefix| prefix.as_str()));
        written(item, text);
    }
}
