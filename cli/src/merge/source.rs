//! Code, and other files that are merged by lines.

use super::conflict::{Conflict, Merged, Prefer};
use super::lines::{marked_lines, merge_lines};

/// Merges a file by lines.
pub(crate) fn merge_source(
    path: &str,
    base: &str,
    ours: &str,
    theirs: &str,
    prefer: Prefer,
) -> Merged {
    let merged = merge_lines(base, ours, theirs);
    let conflicts = merged
        .conflicts
        .iter()
        .map(|line| Conflict::at(path, *line));
    Merged {
        conflicts: conflicts.collect(),
        text: match prefer {
            Prefer::Neither | Prefer::Mine => merged.mine,
            Prefer::New => merged.new,
        },
    }
}

/// Merges code by lines, with markers where both have changed it: only where they were asked for.
pub(crate) fn mark_source(base: &str, ours: &str, theirs: &str) -> String {
    marked_lines(base, ours, theirs)
}
