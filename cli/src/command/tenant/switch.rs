//! `tenant use`.

use super::arguments::Use;
use super::set::follow_up;
use super::unset::unset;
use crate::command::write::{still_to_make, write};
use crate::error::Error;
use crate::project::Project;
use crate::tenant::PROFILE_VARIABLE;
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
    let overriding = project.overriding_profile()?;
    Ok(
        match overriding.filter(|profile| *profile != arguments.name) {
            Some(other) => report.warning(wins(&other)),
            None => report,
        },
    )
}

/// What is to be known where the environment chooses another profile than `b2c.toml`.
pub(super) fn wins(profile: &str) -> String {
    let place = match std::env::var_os(PROFILE_VARIABLE) {
        Some(_) => "here",
        None => "in .env",
    };
    format!("{PROFILE_VARIABLE} is \"{profile}\" {place}, and wins")
}
