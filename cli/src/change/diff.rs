//! Changes as a unified diff.

use diffy::DiffOptions;

use super::form::TextForm;
use super::set::{Action, Change, ChangeSet};
use crate::merge::{masked_env, masked_text};

impl ChangeSet {
    /// The changes as a unified diff that `patch -p1` and `git apply` read. Of files with secrets
    /// it says no more than that they change; those that stand in a TOML file are blotted out.
    pub fn diff(&self) -> String {
        self.changes().iter().map(diff).collect()
    }

    /// The same for people to read: of this file, which is the tool's own, no more than that it changes.
    pub(crate) fn diff_without(&self, own: &str) -> String {
        let shown = |change: &Change| {
            if change.path() == own {
                let name = change.action().name();
                return format!(
                    "# {name} {own}: this tool's own copy of what it wrote, not shown\n"
                );
            }
            diff(change)
        };
        self.changes().iter().map(shown).collect()
    }
}

impl ChangeSet {
    /// A file that is made.
    pub(crate) fn creation(path: &str, text: &str) -> String {
        diff(&Change::new(path, None, Some(text.as_bytes().to_vec())))
    }

    /// The difference between two texts of a file; `None` if it was removed.
    pub(crate) fn difference(path: &str, before: &str, after: Option<&str>) -> String {
        diff(&Change::new(
            path,
            Some(before.as_bytes().to_vec()),
            after.map(|after| after.as_bytes().to_vec()),
        ))
    }
}

fn diff(change: &Change) -> String {
    let action = change.action();
    if change.is_secret() {
        let name = action.name();
        return format!("# {name} {}: secrets are not shown\n", change.path());
    }
    let old = change.from().unwrap_or(change.path());
    let (before, after) = (text(change.before.as_deref()), text(change.content()));
    let (Some(before), Some(after)) = (before, after) else {
        return format!("# {} {}: not text\n", action.name(), change.path());
    };
    let moved = if action == Action::Rename {
        format!("rename from {old}\nrename to {}\n", change.path())
    } else {
        String::new()
    };
    if before == after {
        return moved;
    }
    let [before, after] = [before, after].map(|text| masked(change.path(), text));
    let (Some(before), Some(after)) = (before, after) else {
        let name = action.name();
        return format!(
            "{moved}# {name} {}: not TOML, and not shown: it may have secrets\n",
            change.path()
        );
    };
    if before == after {
        let name = action.name();
        return format!("{moved}# {name} {}: secrets are not shown\n", change.path());
    }
    let original = match action {
        Action::Create => NOTHING.to_owned(),
        _ => format!("a/{old}"),
    };
    let modified = match action {
        Action::Remove => NOTHING.to_owned(),
        _ => format!("b/{}", change.path()),
    };
    let mut options = DiffOptions::new();
    options
        .set_original_filename(original)
        .set_modified_filename(modified);
    format!("{moved}{}", options.create_patch(&before, &after))
}

/// What is shown of a file whose secrets are elsewhere, or ought to be; `None` if nothing can be.
fn masked(path: &str, text: String) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit('.').next() {
        Some("toml") => masked_text(&text),
        _ if name.starts_with(".env") => Some(masked_env(&text)),
        _ => Some(text),
    }
}

fn text(bytes: Option<&[u8]>) -> Option<String> {
    let bytes = bytes.unwrap_or_default();
    TextForm::read(bytes).map(|(_, text)| text)
}

const NOTHING: &str = "/dev/null";
