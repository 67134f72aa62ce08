//! `cargo b2c-init migrate`.

mod arguments;
mod brought;
mod plan;
mod told;

pub(super) use arguments::Migrate;

use toml_edit::DocumentMut;

use super::tenant::{lacking, profile_of, refuse_secret};
use super::write::{carry_out, show, still_to_make};
use crate::change::ChangeSet;
use crate::error::Error;
use crate::merge::parse;
use crate::migrate::{Finding, Place, is_page, mark, page, survey};
use crate::project::{CONFIG_FILE, Project};
use crate::terminal::Report;
use brought::Brought;
use plan::{Plan, Step};

pub(super) fn migrate(arguments: &Migrate) -> Result<Report, Error> {
    refuse_secret(arguments.client_secret.as_ref())?;
    let project = Project::open(&arguments.place.directory)?;
    let before = project.config()?;
    let document = parse(CONFIG_FILE, &before)?;
    let place = Place::find(
        &document,
        profile(&project, &document, arguments)?.as_deref(),
    )?;
    let stage = place.stage(&document)?;
    let Plan {
        step,
        mut changes,
        incomplete,
        only_tokens,
        leads,
        left,
    } = Plan::make(&project, &before, &place, &stage, arguments)?;

    // What is told is told of the files as they will be.
    let after = changes.read(CONFIG_FILE)?.unwrap_or_else(|| before.clone());
    let goes_on = matches!(step, Step::Beside { .. });
    let (config, stage_then) = if goes_on {
        let document = parse(CONFIG_FILE, &after)?;
        (after.as_str(), place.stage(&document)?)
    } else {
        (before.as_str(), stage)
    };
    let mut brought = Brought::by_update(&project, &step, leads, arguments.writing);
    let mut look = |changes: &ChangeSet| {
        let all = |changes: &ChangeSet| survey(changes, config, &place, &stage_then);
        let (mut findings, unread) = all(changes)?;
        brought.take(&mut findings, |later| Ok(all(later)?.0))?;
        Ok::<_, Error>((findings, unread))
    };
    let (mut findings, mut unread) = look(&changes)?;
    if arguments.mark {
        mark_all(&mut changes, &findings)?;
        (findings, unread) = look(&changes)?;
    }
    if !goes_on {
        told::follow(&mut findings, &before, &after);
    }
    if let Some(file) = &arguments.report {
        refuse_unless_page(&changes, file)?;
        changes.write(file, &page(place.profile(), &findings))?;
    }
    carry_out(&changes, NAME, arguments.writing)?;

    let mut report = brought.told(told::findings(&findings, &unread, &step));
    let looks = matches!(step, Step::Look | Step::Done);
    let writes = !looks || arguments.mark || arguments.report.is_some();
    if writes {
        report = report.line("").and(show(&changes, arguments.writing));
    }
    report = report
        .field("profile", place.profile())
        .field("step", step.name());
    report = lacking(report, &incomplete);
    let consequence = if only_tokens {
        told::consequence_for_api(&step)
    } else {
        told::consequence(&step)
    };
    if let Some(consequence) = consequence {
        report = report.warning(consequence);
    }
    report = told::left(report, left);
    // Nothing of what follows the step has its turn while it is only shown.
    if let Some(next) = still_to_make(&changes, arguments.writing) {
        return Ok(report.next(next));
    }
    let command = told::command(&project, &place);
    Ok(if only_tokens {
        told::next_of_api(report, &step, &command)
    } else {
        told::next(report, &step, &command, &stage_then)
    })
}

/// The profile that is meant; `None` in a file that has none.
fn profile(
    project: &Project,
    document: &DocumentMut,
    arguments: &Migrate,
) -> Result<Option<String>, Error> {
    if arguments.profile.is_none() && !document.contains_key("profile") {
        return Ok(None);
    }
    profile_of(project, arguments.profile.as_deref()).map(Some)
}

/// The report takes the place of no file but an earlier report, also of none that this very change
/// writes, such as `.env`.
fn refuse_unless_page(changes: &ChangeSet, file: &str) -> Result<(), Error> {
    match changes.read(file)? {
        Some(text) if !is_page(&text) => Err(Error::refused(
            format!("{file} is there, and is no report of this command"),
            "give the report another name: --report migration.md",
        )),
        _ => Ok(()),
    }
}

/// Comments in the Rust files, where they change nothing else.
fn mark_all(changes: &mut ChangeSet, findings: &[Finding]) -> Result<(), Error> {
    let is_rust = |file: &&str| {
        let extension = std::path::Path::new(file).extension();
        extension.is_some_and(|extension| extension == "rs")
    };
    let mut files: Vec<_> = findings.iter().map(|one| one.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    for file in files.into_iter().filter(is_rust) {
        let own: Vec<_> = findings.iter().filter(|one| one.file == file).collect();
        let Some(text) = changes.read(file)? else {
            continue;
        };
        if let Some(marked) = mark(&text, &own) {
            changes.write(file, &marked)?;
        }
    }
    Ok(())
}

const NAME: &str = "migrate";
