//! `.env.example` and `.env`: lines `NAME=value`, merged name by name.

use std::collections::BTreeMap;

use super::conflict::{Conflict, Merged, Prefer};
use super::lines::merge_lines;

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
                line: ours
                    .lines()
                    .position(|line| name_of(line) == Some(name))
                    .unwrap_or(0)
                    + 1,
                key: Some((*name).to_owned()),
                base: b.map(|value| (*value).to_owned()),
                ours: o.map(|value| (*value).to_owned()),
                theirs: t.map(|value| (*value).to_owned()),
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
    if !text.lines().any(is_line) {
        return if wanted {
            append(text, name, theirs)
        } else {
            text.to_owned()
        };
    }
    let lines = text.split_inclusive('\n').filter_map(|line| {
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

fn names(text: &str) -> BTreeMap<&str, &str> {
    let pairs = text.lines().filter_map(|line| {
        let (_, value) = line.split_once('=')?;
        Some((name_of(line)?, value.trim()))
    });
    pairs.collect()
}

fn name_of(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(valid)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Prefer, add_missing, merge_env};

    #[test]
    fn new_names_come_with_their_comment() {
        let merged = add_missing("# mine\nA=1", "# about a\nA=\n\n# about b\n# more\nB=2\n");
        assert_eq!(merged, "# mine\nA=1\n\n# about b\n# more\nB=2\n");
        assert_eq!(add_missing("A=1\n", "A=2\n"), "A=1\n");
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
