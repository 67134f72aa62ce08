//! `cargo b2c-init undo`.

use clap::Args;

use super::arguments::{Place, Writing};
use super::held::Held;
use super::help;
use super::register;
use super::write::show;
use crate::change::{last_change, recover, undo as take_back};
use crate::error::Error;
use crate::project::CONFIG_FILE;
use crate::register::remains;
use crate::status::Status;
use crate::terminal::Report;

/// Take back what the last command wrote
#[derive(Args, Debug)]
#[command(before_help = help::UNDO, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Undo {
    #[command(flatten)]
    place: Place,

    /// Give up edits that were made since
    #[arg(short, long)]
    force: bool,

    #[command(flatten)]
    writing: Writing,
}

pub(super) fn undo(arguments: &Undo) -> Result<Report, Error> {
    let root = &arguments.place.directory;
    if recover(root)? {
        let line = "Took back a change that was interrupted.";
        return Ok(Report::done().line(line).field("recovered", true));
    }
    let undone = last_change(root, arguments.force)?;
    let mut report = show(undone.changes(), arguments.writing);
    if undone.command() == register::COMMAND {
        let present = std::fs::read_to_string(root.join(CONFIG_FILE)).ok();
        for sentence in remains(undone.changes(), present.as_deref()) {
            report = report.warning(sentence);
        }
    }
    if !arguments.writing.shows_only() {
        let held = Held::start();
        take_back(&undone, &|| held.asked())?;
    }
    Ok(report.field("undone", undone.command()))
}
