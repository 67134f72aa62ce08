//! Workspaces around a new project, which is one of its own.

use std::fs;
use std::path::Path;

use toml::{Table, Value};

use crate::error::Error;

/// Refuses a directory that a workspace above takes for a member: cargo then builds neither, "multiple
/// workspace roots found in the same workspace". What is excluded there may be
/// (<https://doc.rust-lang.org/cargo/reference/workspaces.html#the-members-and-exclude-fields>). The
/// manifest there is somebody's own, so it is said what to write, and nothing is written.
///
/// # Errors
///
/// [`Error::Refused`], with the line that is to be written.
pub(super) fn refuse_member(directory: &Path) -> Result<(), Error> {
    for root in directory.ancestors().skip(1) {
        let manifest = root.join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else {
            continue;
        };
        let Some(member) = member(root, directory, &text) else {
            continue;
        };
        let Member { pattern, path, .. } = &member;
        let reason = format!(
            "{} would take {path} for a member of its workspace (members has \"{pattern}\"), and a generated \
             project is a workspace of its own; nothing was written",
            manifest.display()
        );
        return Err(Error::refused(
            reason,
            if member.is_by_name() {
                format!("take \"{pattern}\" out of members there, or choose another directory")
            } else if member.beside_others {
                format!("add \"{path}\" to exclude there, or choose another directory")
            } else {
                format!(
                    "write exclude = [\"{path}\"] below [workspace] there, or choose another directory"
                )
            },
        ));
    }
    Ok(())
}

/// A directory that a workspace takes for one of its members.
struct Member {
    /// What it is taken for one by, `crates/*`.
    pattern: String,
    /// The directory from the workspace on, `crates/web`.
    path: String,
    /// Whether the workspace excludes others already.
    beside_others: bool,
}

impl Member {
    /// Whether it is named itself, which counts for more than being excluded.
    fn is_by_name(&self) -> bool {
        !self.pattern.contains(['*', '?', '['])
    }
}

fn member(root: &Path, directory: &Path, manifest: &str) -> Option<Member> {
    let manifest: Table = manifest.parse().ok()?;
    let workspace = manifest.get("workspace")?.as_table()?;
    let relative = directory.strip_prefix(root).ok()?;
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    let pattern =
        texts(workspace.get("members")).find(|pattern| matches(&segments(pattern), &parts))?;
    let found = Member {
        pattern: pattern.to_owned(),
        path: parts.join("/"),
        beside_others: workspace.contains_key("exclude"),
    };
    let mut excluded = texts(workspace.get("exclude"));
    let is_excluded = excluded.any(|path| parts.starts_with(&segments(path)));
    (found.is_by_name() || !is_excluded).then_some(found)
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = &str> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str)
}

/// The parts of a path as manifests write it.
fn segments(path: &str) -> Vec<&str> {
    let parts = path.split(['/', '\\']);
    parts.filter(|part| !matches!(*part, "" | ".")).collect()
}

/// Whether a pattern of cargo's means a directory: `*`, `?` and `[…]` within a name, `**` for any number of
/// directories.
fn matches(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=path.len()).any(|skipped| matches(rest, &path[skipped..])),
        ([first, pattern @ ..], [name, path @ ..]) => {
            let (first, name): (Vec<_>, Vec<_>) = (first.chars().collect(), name.chars().collect());
            is_name(&first, &name) && matches(pattern, path)
        }
        _ => false,
    }
}

fn is_name(pattern: &[char], name: &[char]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=name.len()).any(|skipped| is_name(rest, &name[skipped..])),
        (['?', rest @ ..], [_, name @ ..]) => is_name(rest, name),
        (['[', rest @ ..], [c, name @ ..]) => {
            // A bracket right at the beginning is one of the characters.
            let end = rest
                .iter()
                .skip(1)
                .position(|c| *c == ']')
                .map(|end| end + 1);
            end.is_some_and(|end| is_one_of(&rest[..end], *c) && is_name(&rest[end + 1..], name))
        }
        ([one, rest @ ..], [c, name @ ..]) => one == c && is_name(rest, name),
        _ => false,
    }
}

/// Whether a character is in a set such as `a-z0` or `!a-z`.
fn is_one_of(set: &[char], c: char) -> bool {
    match set {
        ['!', set @ ..] => !is_one_of(set, c),
        [from, '-', to, rest @ ..] => (*from..=*to).contains(&c) || is_one_of(rest, c),
        [one, rest @ ..] => *one == c || is_one_of(rest, c),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{matches, segments};

    #[test]
    fn patterns_mean_what_they_mean_to_cargo() {
        let is = |pattern: &str, path: &str| matches(&segments(pattern), &segments(path));
        for (pattern, path) in [
            ("crates/*", "crates/web"),
            ("./crates/web/", "crates/web"),
            ("**", "a/b/c"),
            ("crates/**/web", "crates/web"),
            ("crates/**/web", "crates/a/b/web"),
            ("c?ates/w*b", "crates/web"),
            ("crates/[t-w]eb", "crates/web"),
            ("crates/[!a-c]*", "crates/web"),
        ] {
            assert!(is(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("crates/*", "crates/apps/web"),
            ("crates/*", "crates"),
            ("crates", "crates/web"),
            ("crates/[a-c]eb", "crates/web"),
            ("crates/[web", "crates/web"),
            ("crates/w?b", "crates/weeb"),
        ] {
            assert!(!is(pattern, path), "{pattern} {path}");
        }
    }
}
