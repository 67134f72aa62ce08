//! `cargo b2c-init update`.

use clap::Args;

use super::arguments::{Extras, Place, Writing};
use super::help;
use super::tenant::Side;
use super::write::{carry_out, show};
use crate::error::Error;
use crate::merge::{Conflict, Prefer};
use crate::project::Project;
use crate::status::Status;
use crate::terminal::{Report, Terminal};

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

    #[command(flatten)]
    writing: Writing,
}

pub(super) fn update(arguments: &Update, terminal: &mut Terminal) -> Result<Report, Error> {
    let project = Project::open(&arguments.place.directory)?;
    let project = project.with_deploy(&arguments.extras.all());
    let prefer = Prefer::from(arguments.prefer);
    let update = project.update(&arguments.restore, prefer)?;
    for (path, why) in update.kept() {
        terminal.detail(&format!("keep    {path}: {why}"));
    }
    if prefer == Prefer::Neither && !update.conflicts().is_empty() {
        return Err(Error::Conflicts(update.conflicts().to_vec()));
    }
    let mut writing = arguments.writing;
    writing.dry_run |= arguments.check;
    carry_out(update.changes(), "update", writing)?;

    let settled: Vec<_> = update.conflicts().iter().map(Conflict::to_json).collect();
    let mut report = show(update.changes(), writing).field("conflicts", settled);
    for conflict in update.conflicts() {
        report = report.line(format!("settled {conflict}"));
    }
    let is_code = |path: &str| path == "Cargo.toml" || path.rsplit('.').next() == Some("rs");
    if update
        .changes()
        .changes()
        .iter()
        .any(|change| is_code(change.path()))
    {
        report = report.next("cargo test");
    }
    let pending = arguments.check && !update.changes().is_empty();
    Ok(if pending {
        report.status(Status::Pending)
    } else {
        report
    })
}
