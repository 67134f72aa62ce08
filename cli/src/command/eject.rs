//! `cargo b2c-init eject`.

use clap::Args;

use super::arguments::{Place, Writing};
use super::help;
use super::write::write;
use crate::error::Error;
use crate::project::Project;
use crate::status::Status;
use crate::terminal::Report;

/// Copy files of the template into the project, to change what `update` brings
#[derive(Args, Debug)]
#[command(before_help = help::EJECT, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Eject {
    /// Which files; * stands for any characters
    #[arg(default_value = "*")]
    pattern: String,

    #[command(flatten)]
    pub(super) place: Place,

    #[command(flatten)]
    writing: Writing,
}

pub(super) fn eject(arguments: &Eject) -> Result<Report, Error> {
    let project = Project::open(&arguments.place.directory)?;
    let changes = project.eject(&arguments.pattern)?;
    write(&changes, "eject", arguments.writing)
}
