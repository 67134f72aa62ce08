//! Comments in TOML, and that none of somebody's is lost.

use std::collections::HashSet;

use toml_edit::Decor;

/// The comments of a text, less those that stand in another one too. A `#` in a string is taken for
/// one as well, which only makes the check stricter.
pub(super) fn comments_besides<'a>(text: &'a str, known: &str) -> Vec<&'a str> {
    let known: HashSet<_> = known.lines().filter_map(comment).collect();
    let comments = text.lines().filter_map(comment);
    comments
        .filter(|comment| !known.contains(comment))
        .collect()
}

/// Whether every comment that people wrote into ours is in the merged text.
pub(super) fn keeps_comments(base: &str, ours: &str, merged: &str) -> bool {
    let written: HashSet<_> = merged.lines().filter_map(comment).collect();
    let own = comments_besides(ours, base);
    own.into_iter().all(|comment| written.contains(comment))
}

/// A comment that the project's file has already is not brought along once more.
pub(super) fn without_known(decor: &mut Decor, ours_text: &str) {
    let prefix = decor
        .prefix()
        .and_then(|prefix| prefix.as_str())
        .unwrap_or_default();
    let known = |line: &str| {
        let line = line.trim();
        !line.is_empty() && ours_text.lines().any(|other| other.trim() == line)
    };
    if !prefix.lines().any(known) {
        return;
    }
    let kept: String = prefix
        .split_inclusive('\n')
        .filter(|line| !known(line))
        .collect();
    decor.set_prefix(kept.trim_start_matches('\n').to_owned());
}

fn comment(line: &str) -> Option<&str> {
    let start = line.find('#')?;
    Some(line[start..].trim_end())
}
