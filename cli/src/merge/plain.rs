//! TOML items by what they say, whatever they look like.

use toml::{Table, Value};
use toml_edit::{Item, TableLike};

use super::masked::masked;

/// What an item says: without comments, order of keys, quotes, and how a table is written down.
pub(super) fn plain(item: &Item) -> Value {
    match item {
        Item::None => Value::Table(Table::new()),
        Item::Value(value) => plain_value(value),
        Item::Table(table) => plain_table(table),
        Item::ArrayOfTables(tables) => {
            Value::Array(tables.iter().map(|table| plain_table(table)).collect())
        }
    }
}

/// What the tables of a document say.
pub(super) fn plain_table(table: &dyn TableLike) -> Value {
    let entries = table
        .iter()
        .map(|(key, item)| (key.to_owned(), plain(item)));
    Value::Table(entries.collect())
}

/// Whether two items say the same; both may be absent.
pub(super) fn same(a: Option<&Item>, b: Option<&Item>) -> bool {
    match (present(a), present(b)) {
        (None, None) => true,
        (Some(a), Some(b)) => plain(a) == plain(b),
        _ => false,
    }
}

/// An item that is there: toml_edit leaves placeholders.
pub(super) fn present(item: Option<&Item>) -> Option<&Item> {
    item.filter(|item| !item.is_none())
}

/// How what stands at a key is shown in a message: without its secrets.
pub(super) fn shown(key: &str, item: Option<&Item>) -> Option<String> {
    present(item).map(|item| masked(key, plain(item)).to_string())
}

fn plain_value(value: &toml_edit::Value) -> Value {
    use toml_edit::Value as Edited;
    match value {
        Edited::String(text) => Value::String(text.value().clone()),
        Edited::Integer(number) => Value::Integer(*number.value()),
        Edited::Float(number) => Value::Float(*number.value()),
        Edited::Boolean(value) => Value::Boolean(*value.value()),
        // Only compared and shown; the app has no setting of this type.
        Edited::Datetime(time) => Value::String(time.value().to_string()),
        Edited::Array(array) => Value::Array(array.iter().map(plain_value).collect()),
        Edited::InlineTable(table) => plain_table(table),
    }
}
