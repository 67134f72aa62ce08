//! A table that is being changed, in either of the forms it can be written in.

use toml_edit::{InlineTable, Item, Table, TableLike, Value};

/// A table of the project's document.
pub(super) enum Target<'a> {
    /// With a header of its own, or with dotted keys.
    Table(&'a mut Table),
    /// In braces.
    Inline(&'a mut InlineTable),
}

impl<'a> Target<'a> {
    /// The table of an item, if it is one.
    pub(super) fn of(item: &'a mut Item) -> Option<Self> {
        match item {
            Item::Table(table) => Some(Self::Table(table)),
            Item::Value(Value::InlineTable(table)) => Some(Self::Inline(table)),
            _ => None,
        }
    }

    pub(super) fn like(&self) -> &dyn TableLike {
        match self {
            Self::Table(table) => *table,
            Self::Inline(table) => *table,
        }
    }

    pub(super) fn like_mut(&mut self) -> &mut dyn TableLike {
        match self {
            Self::Table(table) => *table,
            Self::Inline(table) => *table,
        }
    }
}
