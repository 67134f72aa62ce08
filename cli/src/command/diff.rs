//! `cargo b2c-init diff`.

use clap::Args;

use super::arguments::Place;
use super::help;
use crate::error::Error;
use crate::lock::Base;
use crate::merge::Prefer;
use crate::project::Project;
use crate::status::Status;
use crate::terminal::Report;

/// Show what `update` would change
#[derive(Args, Debug)]
#[command(before_help = help::DIFF, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Diff {
    #[command(flatten)]
    pub(super) place: Place,

    /// Show what people have changed since the files were written
    #[arg(long)]
    drift: bool,

    /// End with exit code 4 if there is a difference
    #[arg(long)]
    exit_code: bool,
}

pub(super) fn diff(arguments: &Diff) -> Result<Report, Error> {
    let project = Project::open(&arguments.place.directory)?;
    let diff = if arguments.drift {
        project.drift()?
    } else {
        let update = project.update(&[], Prefer::Neither)?;
        if !update.conflicts().is_empty() {
            return Err(Error::Conflicts(update.conflicts().to_vec()));
        }
        update.changes().diff_without(Base::PATH)
    };
    let status = if arguments.exit_code && !diff.is_empty() {
        Status::Pending
    } else {
        Status::Done
    };
    Ok(Report::with(status).diff(&diff).field("diff", diff))
}
