//! Where a key stands in a TOML text.

use toml_edit::{Document, Item, TableLike};

/// The line of a key, counted from 1; of the nearest table above, where it is not there.
pub(super) fn line_of(text: &str, path: &[String]) -> usize {
    let Ok(document) = Document::parse(text) else {
        return 1;
    };
    let mut place = 0;
    let mut table: &dyn TableLike = document.as_table();
    for (depth, segment) in path.iter().enumerate() {
        if segment.starts_with('[') {
            continue;
        }
        let Some((key, item)) = table.get_key_value(segment) else {
            break;
        };
        let named = path.get(depth + 1).and_then(|next| element(item, next));
        let header = item.as_table().and_then(toml_edit::Table::span);
        let span = named.and_then(toml_edit::Table::span).or(header);
        let span = span.or_else(|| key.span());
        place = span.map_or(place, |span| span.start);
        match named
            .map(|table| table as &dyn TableLike)
            .or(item.as_table_like())
        {
            Some(below) => table = below,
            None => break,
        }
    }
    1 + text.get(..place).unwrap_or_default().matches('\n').count()
}

/// The dotted form of a key's path: `profile.tenant.downstream[demo].scopes`.
pub(super) fn dotted(path: &[String]) -> String {
    let mut text = String::new();
    for segment in path {
        if !text.is_empty() && !segment.starts_with('[') {
            text.push('.');
        }
        text.push_str(segment);
    }
    text
}

/// The segment of an element in an array of tables, by the name it has.
pub(super) fn element_segment(name: &str) -> String {
    format!("[{name}]")
}

fn element<'a>(item: &'a Item, segment: &str) -> Option<&'a toml_edit::Table> {
    let name = segment.strip_prefix('[')?.strip_suffix(']')?;
    let mut tables = item.as_array_of_tables()?.iter();
    tables.find(|table| table.get("name").and_then(Item::as_str) == Some(name))
}
