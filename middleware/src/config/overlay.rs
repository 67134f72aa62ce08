//! Tables laid over each other: a profile over the rest of the file, the environment over both.

use toml::{Table, Value};

/// Tables are laid over each other, everything else is replaced. A secret that is referred to in another way
/// above than below is the one above.
pub(super) fn lay_over(below: &mut Table, above: &Table) {
    for [this, other] in [[ENV, FILE], [FILE, ENV]] {
        let is_reference = above.get(this).is_some_and(Value::is_str);
        if is_reference && above.len() == 1 && below.len() == 1 {
            below.remove(other);
        }
    }
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
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

/// Where a secret is: a table of nothing but `{ env = "NAME" }` or `{ file = "path" }`.
const ENV: &str = "env";
const FILE: &str = "file";
