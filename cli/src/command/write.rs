//! Shows a change or makes it, as the command line asks.

use super::arguments::Writing;
use super::held::Held;
use crate::change::ChangeSet;
use crate::error::Error;
use crate::lock::Base;
use crate::terminal::Report;

/// Makes a change, or shows it with `--dry-run` and `--diff`, and reports which.
pub(super) fn write(changes: &ChangeSet, command: &str, writing: Writing) -> Result<Report, Error> {
    carry_out(changes, command, writing)?;
    Ok(show(changes, writing))
}

/// Makes a change, unless it is only to be shown.
pub(super) fn carry_out(changes: &ChangeSet, command: &str, writing: Writing) -> Result<(), Error> {
    if writing.shows_only() {
        return Ok(());
    }
    let held = Held::start();
    changes.apply_unless(command, &|| held.asked())
}

/// The change as the command line wants to see it.
pub(super) fn show(changes: &ChangeSet, writing: Writing) -> Report {
    let report = Report::done()
        .field("dry_run", writing.shows_only())
        .field("files", changes.to_json());
    if changes.is_empty() {
        return report.line("Nothing to change.");
    }
    if !writing.diff {
        return report.lines(changes.lines());
    }
    let diff = changes.diff_without(Base::PATH);
    report.diff(diff.trim_end()).field("diff", diff)
}

/// What comes next of a change that was only shown; `None` if it was made, or is none.
pub(super) fn still_to_make(changes: &ChangeSet, writing: Writing) -> Option<String> {
    let options = match (writing.dry_run, writing.diff) {
        _ if changes.is_empty() => return None,
        (false, false) => return None,
        (true, false) => "-n",
        (false, true) => "--diff",
        (true, true) => "-n and --diff",
    };
    Some(format!("the same without {options}, to write it"))
}
