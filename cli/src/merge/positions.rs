//! The order of the tables in a TOML document.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

use super::comments::without_known;

/// The order of the tables in a document, with room between them.
pub(super) struct Positions {
    /// The highest one.
    last: isize,
    /// How many were given.
    given: isize,
    /// The first one that was given behind everything else.
    end: Option<isize>,
}

impl Positions {
    /// Spreads the tables of a document.
    pub(super) fn of(document: &mut DocumentMut) -> Self {
        let mut last = 0;
        each_table(document.as_table_mut(), &mut |table| {
            if let Some(position) = table.position() {
                let spread = position.saturating_mul(ROOM);
                table.set_position(Some(spread));
                last = last.max(spread);
            }
        });
        Self {
            last,
            given: 0,
            end: None,
        }
    }

    /// Gives places to the tables of an item, behind the table at `anchor` or everything else.
    pub(super) fn place(&mut self, item: &mut Item, anchor: Option<isize>, ours_text: &str) {
        let anchor = anchor.unwrap_or(self.last);
        let at_end = anchor >= self.last;
        let mut old = Vec::new();
        each_of(item, &mut |table| old.push(table.position()));
        let mut order: Vec<_> = (0..old.len()).collect();
        order.sort_by_key(|index| old.get(*index).copied().flatten());

        let mut index = 0;
        let mut first_shown: Option<isize> = None;
        each_of(item, &mut |table| {
            let rank = order.iter().position(|other| *other == index);
            let rank = isize::try_from(rank.unwrap_or_default()).unwrap_or_default();
            let place = anchor + self.given + rank + 1;
            table.set_position(Some(place));
            self.last = self.last.max(place);
            if !table.is_implicit() {
                first_shown = Some(first_shown.map_or(place, |first| first.min(place)));
            }
            set_apart(table, ours_text);
            index += 1;
        });
        self.given += isize::try_from(index).unwrap_or_default() + 1;
        if at_end && self.end.is_none() {
            self.end = first_shown;
        }
    }

    /// A table of theirs as the last of an array of ours.
    pub(super) fn element(&mut self, table: &Table, array: &ArrayOfTables) -> Table {
        let mut item = Item::Table(table.clone());
        let anchor = last_position(&Item::ArrayOfTables(array.clone()));
        self.place(&mut item, anchor, "");
        item.into_table().unwrap_or_default()
    }

    /// What stood at the end of the document stays before a table that was put there.
    pub(super) fn settle(&self, document: &mut DocumentMut) {
        let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
        let Some(end) = self.end.filter(|_| !trailing.trim().is_empty()) else {
            return;
        };
        each_table(document.as_table_mut(), &mut |table| {
            if table.position() == Some(end) {
                let prefix = prefix(table).to_owned();
                table.decor_mut().set_prefix(format!("{trailing}{prefix}"));
            }
        });
        document.set_trailing("");
    }
}

/// The position of the last table in an item.
pub(super) fn last_position(item: &Item) -> Option<isize> {
    let mut last = None;
    each_of(&mut item.clone(), &mut |table| {
        last = last.max(table.position());
    });
    last
}

/// A blank line before a table, and no comment that the document has already.
fn set_apart(table: &mut Table, ours_text: &str) {
    without_known(table.decor_mut(), ours_text);
    if !prefix(table).starts_with('\n') {
        let prefix = format!("\n{}", prefix(table));
        table.decor_mut().set_prefix(prefix);
    }
}

fn prefix(table: &Table) -> &str {
    let prefix = table.decor().prefix().and_then(|prefix| prefix.as_str());
    prefix.unwrap_or_default()
}

fn each_table(table: &mut Table, visit: &mut dyn FnMut(&mut Table)) {
    for (_, item) in table.iter_mut() {
        each_of(item, visit);
    }
}

fn each_of(item: &mut Item, visit: &mut dyn FnMut(&mut Table)) {
    match item {
        Item::Table(table) => {
            visit(table);
            each_table(table, visit);
        }
        Item::ArrayOfTables(tables) => {
            for table in tables.iter_mut() {
                visit(table);
                each_table(table, visit);
            }
        }
        _ => {}
    }
}

/// How many tables can be put between two.
const ROOM: isize = 1 << 12;
