//! What becomes of one key that this tool changes.

use toml_edit::{Item, Table};

use super::plain::same;

/// What becomes of one key.
pub(super) enum Decision {
    Keep,
    Take,
    Below,
    Elements,
    Conflict,
}

/// Decides by what the three sides have; the base and theirs differ.
pub(super) fn decide(base: Option<&Item>, ours: Option<&Item>, theirs: Option<&Item>) -> Decision {
    let table =
        |item: Option<&Item>| item.is_none_or(|item| item.is_table_like() && !is_reference(item));
    let array = |item: Option<&Item>| item.is_none_or(is_named_array);
    if same(ours, theirs) {
        return Decision::Keep;
    }
    match ours {
        Some(_) if table(ours) && table(base) && table(theirs) => Decision::Below,
        Some(Item::ArrayOfTables(_)) if array(ours) && array(base) && array(theirs) => {
            Decision::Elements
        }
        // What people took out as a whole stays out.
        None if base.is_some() && (table(base) || array(base)) => Decision::Keep,
        Some(item) if theirs.is_some() && is_unfilled(item) => Decision::Take,
        // Nobody fills in a second time what they have filled in.
        Some(_) if theirs.is_some_and(is_unfilled) && !same(ours, base) => Decision::Keep,
        _ if same(ours, base) => Decision::Take,
        _ => Decision::Conflict,
    }
}

/// A reference to a secret, `{ env = "NAME" }` or `{ file = "path" }`: one value.
fn is_reference(item: &Item) -> bool {
    let table = item.as_table_like();
    table.is_some_and(|table| {
        table.len() == 1 && (table.contains_key("env") || table.contains_key("file"))
    })
}

/// Whether it has no value yet: a fill-in text, or a list of nothing else.
pub(super) fn is_to_fill_in(item: &Item) -> bool {
    match item.as_array() {
        Some(list) => list
            .iter()
            .all(|one| one.as_str().is_some_and(is_fill_in_text)),
        None => is_unfilled(item),
    }
}

fn is_unfilled(item: &Item) -> bool {
    item.as_str().is_some_and(is_fill_in_text)
}

/// Of this tool's templates: `<your tenant>`, `api://<the API's application (client) id>`.
pub(crate) fn is_fill_in_text(text: &str) -> bool {
    text.contains('<') && text.ends_with('>')
}

fn is_named_array(item: &Item) -> bool {
    let Item::ArrayOfTables(array) = item else {
        return false;
    };
    let mut names: Vec<_> = array.iter().map(name_of).collect();
    let all = names.iter().all(Option::is_some);
    names.sort_unstable();
    all && names.windows(2).all(|pair| pair[0] != pair[1])
}

pub(super) fn name_of(table: &Table) -> Option<&str> {
    table.get("name").and_then(Item::as_str)
}

pub(super) fn names(item: Option<&Item>) -> Vec<String> {
    let tables = item
        .and_then(Item::as_array_of_tables)
        .into_iter()
        .flatten();
    tables
        .filter_map(|table| name_of(table).map(str::to_owned))
        .collect()
}

pub(super) fn element<'a>(item: Option<&'a Item>, name: &str) -> Option<&'a Table> {
    let mut tables = item?.as_array_of_tables()?.iter();
    tables.find(|table| name_of(table) == Some(name))
}
