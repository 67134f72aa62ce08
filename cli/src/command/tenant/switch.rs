//! `tenant use`.

use super::arguments::Use;
use super::set::follow_up;
use super::unset::unset;
use crate::command::write::{still_to_make, write};
use crate::error::Error;
use crate::project::Project;
use crate::terminal::Report;

pub(super) fn switch(arguments: &Use) -> Result<Report, Error> {
    let project = Project::open(&arguments.place.directory)?;
    let changes = project.use_profile(&arguments.name)?;
    let mut report = write(&changes, "tenant use", arguments.writing)?;
    let still_to_make = still_to_make(&changes, arguments.writing);
    for missing in unset(&project, &arguments.name)? {
        report = report.warning(format!(
            "nobody can sign in with the profile \"{}\" yet: {}",
            arguments.name, missing.what
        ));
        if still_to_make.is_none() {
            report = report.next(missing.step);
        }
    }
    report = match still_to_make {
        Some(next) => report.next(next),
        None => follow_up(report, &project, &changes)?,
    };
    let overridden = std::env::var("B2C_PROFILE").ok();
    let overridden = overridden.filter(|profile| !profile.is_empty() && *profile != arguments.name);
    Ok(match overridden {
        Some(other) => report.warning(format!("B2C_PROFILE is \"{other}\" here, and wins")),
        None => report,
    })
}
