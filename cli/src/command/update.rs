//! `cargo b2c-init update`.

use clap::Args;

use super::arguments::{Extras, Place, Writing};
use super::help;
use super::tenant::Side;
use super::write::{carry_out, show, still_to_make};
use crate::error::Error;
use crate::merge::{Conflict, Prefer};
use crate::project::Project;
use crate::status::Status;
use crate::terminal::{Report, Terminal, option_to};
use crate::update::Leave;

/// Bring the project to this version's template; your edits stay
#[derive(Args, Debug)]
#[command(before_help = help::UPDATE, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Update {
    #[command(flatten)]
    pub(super) place: Place,

    /// Only say whether there is something to do: exit code 4 if so, 3 if it conflicts
    #[arg(long)]
    check: bool,

    /// Write a file again that was removed
    #[arg(long, value_name = "PATH")]
    restore: Vec<String>,

    /// Whose version is taken where you and the template changed the same: mine or new
    #[arg(long, value_name = "SIDE")]
    prefer: Option<Side>,

    #[command(flatten)]
    extras: Extras,

    /// Write what does not conflict, and leave of the rest: inline (markers, in code only) or sidecar
    /// (FILE.b2c-new beside it); exit code 3 all the same
    #[arg(long, value_name = "HOW", value_enum, conflicts_with_all = ["prefer", "check"])]
    #[arg(hide_possible_values = true)]
    conflict: Option<OnConflict>,

    #[command(flatten)]
    writing: Writing,
}

/// The values of `--conflict`.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum OnConflict {
    /// Markers in code.
    Inline,
    /// A file beside the other.
    Sidecar,
}

pub(super) fn update(arguments: &Update, terminal: &mut Terminal) -> Result<Report, Error> {
    let project = Project::open(&arguments.place.directory)?;
    let extras = arguments.extras.all();
    if !extras.is_empty() {
        // Nothing else than a template has them.
        project.template()?;
    }
    let project = project.with_deploy(&extras);
    let prefer = Prefer::from(arguments.prefer);
    let leave = arguments.conflict.map(|how| match how {
        OnConflict::Inline => Leave::Inline,
        OnConflict::Sidecar => Leave::Sidecar,
    });
    let update = match leave {
        Some(leave) => project.update_leaving(&arguments.restore, leave)?,
        None => project.update(&arguments.restore, prefer)?,
    };
    for (path, why) in update.kept() {
        terminal.detail(&format!("keep    {path}: {why}"));
    }
    if prefer == Prefer::Neither && leave.is_none() && !update.conflicts().is_empty() {
        return Err(Error::Conflicts(update.conflicts().to_vec()));
    }
    let mut writing = arguments.writing;
    writing.dry_run |= arguments.check;
    carry_out(update.changes(), "update", writing)?;

    let settled: Vec<_> = update.conflicts().iter().map(Conflict::to_json).collect();
    let mut report = show(update.changes(), writing).field("conflicts", settled);
    for conflict in update.conflicts() {
        let word = if leave.is_some() {
            "conflict"
        } else {
            "settled"
        };
        report = report.line(format!("{word} {conflict}"));
    }
    let is_code = |path: &str| path == "Cargo.toml" || path.rsplit('.').next() == Some("rs");
    let is_left = leave.is_some() && !update.conflicts().is_empty();
    let is_shown = writing.shows_only() && !update.changes().is_empty();
    if !is_shown {
        let mut written = update.changes().changes().iter();
        if written.any(|change| is_code(change.path())) {
            report = report.next("cargo test");
        }
        if is_left {
            report = report.next(format!(
                "when what is left is merged: cargo b2c-init update{} --prefer mine",
                option_to(project.root())
            ));
        }
    } else if let Some(next) = still_to_make(update.changes(), arguments.writing) {
        report = report.next(next);
    }
    let pending = arguments.check && !update.changes().is_empty();
    Ok(if is_left {
        report.status(Status::Conflict)
    } else if pending {
        report.status(Status::Pending)
    } else {
        report
    })
}
