//! Where in the file a setting stands.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A place in a file. Shown as editors and terminals take it: `12:3`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Position {
    /// Of this byte of the text.
    pub(super) fn at(text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The keys of a file, with their places.
pub(super) struct Positions<'t> {
    text: &'t str,
    root: Option<Spanned<DeTable<'t>>>,
}

impl<'t> Positions<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let root = DeTable::parse(text).ok();
        Self { text, root }
    }

    /// Where a dotted key is; of one that is missing, where the table is that it belongs into. `None`
    /// where the file has neither.
    pub(super) fn find(&self, key: &str) -> Option<Position> {
        let mut table = Some(self.root.as_ref()?.get_ref());
        let mut found = None;
        for segment in key.split('.') {
            let (name, index) = segment.split_once('[').unwrap_or((segment, ""));
            let entry = table.and_then(|table| entry(table, name));
            let Some((span, value)) = entry else { break };
            found = Some(span);
            table = match value.get_ref() {
                DeValue::Table(table) => Some(table),
                DeValue::Array(items) => {
                    let index = index.trim_end_matches(']').parse::<usize>();
                    let item = index.ok().and_then(|index| items.get(index));
                    if let Some(item) = item {
                        found = Some(item.span());
                    }
                    item.and_then(|item| item.get_ref().as_table())
                }
                _ => None,
            };
        }
        found.map(|span| Position::at(self.text, span.start))
    }
}

fn entry<'a, 't>(
    table: &'a DeTable<'t>,
    name: &str,
) -> Option<(Range<usize>, &'a Spanned<DeValue<'t>>)> {
    let mut entries = table.iter();
    let (key, value) = entries.find(|(key, _)| key.get_ref() == name)?;
    Some((key.span(), value))
}

#[cfg(test)]
mod tests {
    use super::Positions;

    #[test]
    fn a_key_is_where_it_is_written_and_a_missing_one_where_it_belongs() {
        let text = "a = { \"ä\" = 1, b = 1 }\r\n[profile.x.provider]\nkind = 1\n\n[[down]]\nname = 1\n\n  [[down]]\n  name = 2\n";
        let positions = Positions::of(text);
        for (key, expected) in [
            ("a.b", Some("1:16")),
            ("profile.x.provider.kind", Some("3:1")),
            ("profile.x.provider.tenant", Some("2:12")),
            ("profile.y", Some("2:2")),
            ("down[1].name", Some("9:3")),
            ("down[0].scopes", Some("5:1")),
            ("session.store", None),
        ] {
            let found = positions.find(key).map(|position| position.to_string());
            assert_eq!(found.as_deref(), expected, "{key}");
        }
        assert_eq!(Positions::of("a = ").find("a"), None);
    }
}
