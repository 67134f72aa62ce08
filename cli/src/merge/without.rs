//! What this tool once wrote and people took out, forgotten.

use toml_edit::{Item, Table, TableLike};

use super::decision::is_to_fill_in;
use super::plain::{present, same};
use super::syntax::parse;
use crate::error::Error;

/// The base less what ours no longer has, beneath the table at this path.
pub(crate) fn without(path: &str, base: &str, ours: &str, table: &[&str]) -> Result<String, Error> {
    let mut document = parse(path, base)?;
    let ours = parse(path, ours)?;
    prune(document.as_table_mut(), ours.as_table(), table);
    Ok(document.to_string())
}

/// What becomes of a fill-in text of the base, or an empty list, that ours has filled in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FilledIn {
    /// It is an edit like others.
    Edited,
    /// Counts as if this tool had filled it in: what is set anew takes its place, as nothing that it once
    /// wrote was edited.
    Adopted,
}

/// The base less those of these keys that ours has with another value: what is set anew then counts as a
/// change, even to what this tool once wrote.
pub(crate) fn without_edited(
    path: &str,
    base: &str,
    ours: &str,
    keys: &[Vec<&str>],
    filled_in: FilledIn,
) -> Result<String, Error> {
    let mut document = parse(path, base)?;
    let ours = parse(path, ours)?;
    for key in keys {
        let Some((last, tables)) = key.split_last() else {
            continue;
        };
        let mut table: Option<&mut dyn TableLike> = Some(document.as_table_mut());
        let mut own: Option<&dyn TableLike> = Some(ours.as_table());
        for segment in tables {
            table = table.and_then(|table| table.get_mut(segment)?.as_table_like_mut());
            own = own.and_then(|own| own.get(segment)?.as_table_like());
        }
        let own = own.and_then(|own| own.get(last));
        let Some(table) = table.filter(|table| !same(table.get(last), own)) else {
            continue;
        };
        match (table.get_mut(last), own) {
            (Some(old), Some(own))
                if filled_in == FilledIn::Adopted && is_to_fill_in(old) && own.is_value() =>
            {
                *old = own.clone();
            }
            _ => drop(table.remove(last)),
        }
    }
    Ok(document.to_string())
}

fn prune(base: &mut dyn TableLike, ours: &dyn TableLike, path: &[&str]) {
    let nothing = Table::new();
    if let [first, rest @ ..] = path {
        if present(ours.get(first)).is_none() {
            // Else the merge would take it for something that stays out.
            base.remove(first);
            return;
        }
        let below = ours.get(first).and_then(Item::as_table_like);
        if let Some(base) = base.get_mut(first).and_then(Item::as_table_like_mut) {
            prune(base, below.unwrap_or(&nothing), rest);
        }
        return;
    }
    let keys: Vec<_> = base.iter().map(|(key, _)| key.to_owned()).collect();
    for key in keys {
        let Some(own) = ours.get(&key) else {
            base.remove(&key);
            continue;
        };
        let below = base.get_mut(&key).and_then(Item::as_table_like_mut);
        if let (Some(base), Some(own)) = (below, own.as_table_like()) {
            prune(base, own, &[]);
        }
    }
}
