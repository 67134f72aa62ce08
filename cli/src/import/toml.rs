//! `oauth2-proxy.cfg`, which is TOML.

use toml_edit::{Document, Item, Value as TomlValue};

use super::node::{Entry, Node, Place, Value};
use super::source::Source;
use crate::error::Error;

/// Reads the settings.
pub(super) fn toml(source: &Source) -> Result<Vec<Entry>, Error> {
    let document = Document::parse(source.text.as_str()).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        // Its first line; the rest may repeat what the file says.
        let message = error.message().lines().next().unwrap_or("no TOML");
        source.fault(&source.place(at), message)
    })?;
    let mut entries = Vec::new();
    for (key, item) in document.as_table() {
        let at = document.as_table().key(key).and_then(toml_edit::Key::span);
        let place = source.place(at.map_or(0, |span| span.start));
        of_item(item, &place).flatten(key, &mut entries);
    }
    Ok(entries)
}

fn of_item(item: &Item, place: &Place) -> Node {
    match item {
        Item::Value(value) => of_value(value, place),
        Item::Table(table) => {
            let members = table.iter();
            let members = members.map(|(key, item)| (key.to_owned(), of_item(item, place)));
            Node::new(Value::Table(members.collect()), place.clone())
        }
        _ => Node::new(Value::Nothing, place.clone()),
    }
}

fn of_value(value: &TomlValue, place: &Place) -> Node {
    let value = match value {
        TomlValue::String(text) => Value::Text(text.value().clone()),
        TomlValue::Array(items) => {
            Value::List(items.iter().map(|item| of_value(item, place)).collect())
        }
        TomlValue::InlineTable(table) => {
            let members = table.iter();
            let members = members.map(|(key, value)| (key.to_owned(), of_value(value, place)));
            Value::Table(members.collect())
        }
        other => Value::Text(other.to_string().trim().to_owned()),
    };
    Node::new(value, place.clone())
}
