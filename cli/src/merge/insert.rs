//! Puts a key into a TOML document, beside the keys it stands with in the template.

use toml_edit::{Decor, InlineTable, Item, Key, Table, TableLike};

use super::comments::without_known;
use super::positions::{Positions, last_position};
use super::target::Target;

/// Copies a key of theirs into ours, behind the key that it follows there.
pub(super) fn insert(
    into: &mut Target<'_>,
    theirs: &dyn TableLike,
    key: &str,
    ours_text: &str,
    positions: &mut Positions,
) {
    let Some((new_key, item)) = theirs.get_key_value(key) else {
        return;
    };
    let before: Vec<_> = theirs.iter().map(|(key, _)| key.to_owned()).collect();
    let before = before
        .split(|other| other == key)
        .next()
        .unwrap_or_default();
    match into {
        Target::Inline(table) => insert_inline(table, new_key, item),
        Target::Table(table) => {
            let anchor = before
                .iter()
                .rev()
                .find(|key| table.contains_key(key))
                .cloned();
            insert_in_table(
                table,
                new_key,
                item,
                anchor.as_deref(),
                ours_text,
                positions,
            );
        }
    }
}

fn insert_in_table(
    table: &mut Table,
    key: &Key,
    item: &Item,
    anchor: Option<&str>,
    ours_text: &str,
    positions: &mut Positions,
) {
    // Dotted keys cannot be continued by a table with a header.
    let item = match item {
        Item::Table(_) | Item::ArrayOfTables(_) if table.is_dotted() => {
            item.clone().into_value().map_or(Item::None, Item::Value)
        }
        other => other.clone(),
    };
    let mut key = key.clone();
    without_known(key.leaf_decor_mut(), ours_text);
    if item.is_value() {
        table.insert_formatted(&key, item);
        if let Some(anchor) = anchor.filter(|anchor| table.get(anchor).is_some_and(Item::is_value))
        {
            move_behind(table, key.get(), anchor);
        }
        return;
    }
    let anchor = anchor.and_then(|anchor| last_position(table.get(anchor)?));
    let anchor = anchor.or_else(|| table.position().filter(|_| !table.is_implicit()));
    let mut item = item;
    positions.place(&mut item, anchor, ours_text);
    table.insert_formatted(&key, item);
}

fn insert_inline(table: &mut InlineTable, key: &Key, item: &Item) {
    let Ok(mut value) = item.clone().into_value() else {
        return;
    };
    // The space before the brace belongs to the last value.
    let last = table.iter().last().map(|(key, _)| key.to_owned());
    let last = last.and_then(|last| table.get_mut(&last));
    let end = last.map(|last| {
        let end = last
            .decor()
            .suffix()
            .and_then(|end| end.as_str())
            .unwrap_or_default()
            .to_owned();
        last.decor_mut().set_suffix("");
        end
    });
    *value.decor_mut() = Decor::new(" ", end.unwrap_or_else(|| " ".to_owned()));
    table.insert_formatted(&Key::new(key.get()), value);
    if let Some(mut key) = table.key_mut(key.get()) {
        *key.leaf_decor_mut() = Decor::new(" ", " ");
    }
}

fn move_behind(table: &mut Table, key: &str, anchor: &str) {
    let mut order: Vec<_> = table.iter().map(|(key, _)| key.to_owned()).collect();
    order.retain(|other| other != key);
    let place = order
        .iter()
        .position(|other| other == anchor)
        .map_or(order.len(), |at| at + 1);
    order.insert(place, key.to_owned());
    let place = |key: &Key| order.iter().position(|other| other == key.get());
    table.sort_values_by(|a, _, b, _| place(a).cmp(&place(b)));
}
