//! Tables laid over each other: a profile over the rest of the file, the environment over both.

use toml::{Table, Value};

/// Tables are laid over each other, everything else is replaced, references to secrets too: one says `env`,
/// the other `file`.
pub(super) fn lay_over(below: &mut Table, above: &Table) {
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(Value::Table(below)), Value::Table(above))
                if !(is_reference(below) && is_reference(above)) =>
            {
                lay_over(below, above);
            }
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Whether it says where a secret is: `{ env = "NAME" }` or `{ file = "path" }`, and nothing else.
fn is_reference(table: &Table) -> bool {
    let is_one = |way| table.get(way).is_some_and(Value::is_str);
    table.len() == 1 && (is_one("env") || is_one("file"))
}

/// Puts a value at a dotted key; what is in its way makes room.
pub(super) fn set(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((head, rest)) => {
            let entry = table
                .entry(head)
                .or_insert_with(|| Value::Table(Table::new()));
            if !entry.is_table() {
                *entry = Value::Table(Table::new());
            }
            if let Value::Table(inner) = entry {
                set(inner, rest, value);
            }
        }
    }
}
