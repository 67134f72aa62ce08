//! `.env.example` and `.env`: lines `NAME=value`, merged name by name.

use std::collections::BTreeMap;

use super::conflict::{Conflict, Merged, Prefer};
use super::lines::merge_lines;
use super::masked::masked_variable;

/// Merges `.env.example` name by name; every other line of the project's stays.
pub(crate) fn merge_env(
    path: &str,
    base: &str,
    ours: &str,
    theirs: &str,
    prefer: Prefer,
) -> Merged {
    let (before, now, new) = (names(base), names(ours), names(theirs));
    let mut text = ours.to_owned();
    let mut conflicts = Vec::new();
    let all = new
        .keys()
        .chain(before.keys().filter(|name| !new.contains_key(*name)));
    for name in all {
        let (b, o, t) = (before.get(name), now.get(name), new.get(name));
        if b == t || o == t {
            continue;
        }
        if o != b {
            conflicts.push(Conflict {
                path: path.to_owned(),
                line: line_of(ours, name),
                key: Some((*name).to_owned()),
                base: shown(name, b),
                ours: shown(name, o),
                theirs: shown(name, t),
            });
        }
        if o == b || prefer == Prefer::New {
            text = set(&text, name, t.unwrap_or(&""), t.is_some(), theirs);
        }
    }
    // Lines bring the template's comments along, where both ways come to the same.
    let lines = merge_lines(base, ours, theirs);
    if lines.conflicts.is_empty() && conflicts.is_empty() && names(&lines.mine) == names(&text) {
        text = lines.mine;
    }
    Merged { text, conflicts }
}

/// Adds the names that a file lacks, with the comment above them; nothing else changes.
pub(crate) fn add_missing(ours: &str, theirs: &str) -> String {
    let present = names(ours);
    let missing = theirs
        .lines()
        .filter_map(name_of)
        .filter(|name| !present.contains_key(name));
    missing.fold(ours.to_owned(), |text, name| append(&text, name, theirs))
}

/// Sets one line, where it is or at the end; nothing else changes.
pub(crate) fn set_line(text: &str, name: &str, value: &str) -> String {
    let line = format!("{name}={value}\n");
    set(text, name, value, true, &line)
}

fn set(text: &str, name: &str, value: &str, wanted: bool, theirs: &str) -> String {
    let is_line = |line: &str| name_of(line) == Some(name);
    if !entries(text).into_iter().any(is_line) {
        return if wanted {
            append(text, name, theirs)
        } else {
            text.to_owned()
        };
    }
    let lines = entries(text).into_iter().filter_map(|line| {
        if !is_line(line) {
            return Some(line.to_owned());
        }
        let end = if line.ends_with('\n') { "\n" } else { "" };
        wanted.then(|| format!("{name}={value}{end}"))
    });
    lines.collect()
}

/// Appends the line of theirs with this name, and the comment above it.
fn append(text: &str, name: &str, theirs: &str) -> String {
    let lines: Vec<_> = theirs.lines().collect();
    let Some(place) = lines.iter().position(|line| name_of(line) == Some(name)) else {
        return text.to_owned();
    };
    let (above, rest) = lines.split_at(place);
    let comment = above
        .iter()
        .rev()
        .take_while(|line| line.starts_with('#'))
        .count();
    let block = above.iter().skip(above.len() - comment).chain(rest.first());
    let mut text = text.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    for line in block {
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// A value in a message: none of a secret's, wherever somebody wrote it.
fn shown(name: &str, value: Option<&&str>) -> Option<String> {
    value.map(|value| masked_variable(name, value))
}

fn names(text: &str) -> BTreeMap<&str, &str> {
    let pairs = entries(text).into_iter().filter_map(|line| {
        let (_, value) = line.split_once('=')?;
        Some((name_of(line)?, value.trim()))
    });
    pairs.collect()
}

/// The lines of a file with their ends; a value in quotes may go over several, and is one.
pub(super) fn entries(text: &str) -> Vec<&str> {
    let mut entries = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (entry, after) = rest.split_at(end_of(rest));
        entries.push(entry);
        rest = after;
    }
    entries
}

/// Where the first entry of a text ends: with its line, unless a quote is closed only in a later one.
fn end_of(text: &str) -> usize {
    let line_end = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        rest.find('\n').map_or(text.len(), |end| from + end + 1)
    };
    let end = line_end(0);
    let line = &text[..end];
    let value = line.split_once('=').filter(|_| name_of(line).is_some());
    let value = value.map_or("", |(_, value)| value.trim_start());
    let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return end;
    };
    let start = end - value.len() + 1;
    let mut escaped = false;
    for (at, c) in text[start..].char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote == '"' {
            escaped = true;
        } else if c == quote {
            return line_end(start + at + 1);
        }
    }
    end
}

/// The line of a name, counted from 1; the first where it is not there.
fn line_of(text: &str, name: &str) -> usize {
    let entries = entries(text);
    let place = entries
        .iter()
        .position(|entry| name_of(entry) == Some(name));
    let before = entries.iter().take(place.unwrap_or(0));
    before.map(|entry| entry.lines().count()).sum::<usize>() + 1
}

pub(super) fn name_of(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(valid)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Prefer, add_missing, merge_env, set_line};

    #[test]
    fn new_names_come_with_their_comment() {
        let merged = add_missing("# mine\nA=1", "# about a\nA=\n\n# about b\n# more\nB=2\n");
        assert_eq!(merged, "# mine\nA=1\n\n# about b\n# more\nB=2\n");
        assert_eq!(add_missing("A=1\n", "A=2\n"), "A=1\n");
    }

    #[test]
    fn a_value_over_several_lines_is_replaced_whole() {
        let text = "A=\"one\nB=two \\\" \nthree\" # x\nexport B='1\n2'\nC='open\nD=4\n";
        let text = set_line(text, "A", "new");
        assert_eq!(text, "A=new\nexport B='1\n2'\nC='open\nD=4\n");
        let text = set_line(&text, "B", "new");
        assert_eq!(text, "A=new\nB=new\nC='open\nD=4\n");
        assert_eq!(set_line(&text, "D", "5"), "A=new\nB=new\nC='open\nD=5\n");
    }

    #[test]
    fn names_are_merged_one_by_one() {
        let base = "A=1\nB=2\nC=3\n";
        let merged = merge_env(
            ".env.example",
            base,
            "C=3\n# x\nA=mine\nB=2\n",
            "A=1\nB=new\n",
            Prefer::Neither,
        );
        assert_eq!(merged.text, "# x\nA=mine\nB=new\n");
        assert!(merged.conflicts.is_empty());

        let merged = merge_env(
            ".env.example",
            base,
            "A=mine\nB=2\n",
            "A=new\nB=2\nC=3\n",
            Prefer::Neither,
        );
        assert_eq!(merged.text, "A=mine\nB=2\n");
        assert_eq!((merged.conflicts.len(), merged.conflicts[0].line), (1, 1));
    }
}
