//! What is told of it.

use serde_json::Value;

use super::plan::Step;
use crate::migrate::{Finding, Place, Severity, Stage};
use crate::project::{CONFIG_FILE, Project};
use crate::terminal::{Report, option_to, word};

/// What was found: by what has to be done, and by what it is about. All of it where that is the
/// question; else what must change, and with the later steps how much that is.
pub(super) fn findings(findings: &[Finding], unread: &[String], step: &Step) -> Report {
    let mut report = Report::done();
    let shown = match step {
        Step::Look | Step::Done => &Severity::ALL[..],
        Step::Replace | Step::Beside { is_new: true } => &[Severity::MustChange],
        Step::Beside { is_new: false } | Step::Finish => &[],
    };
    for severity in shown.iter().copied() {
        let own: Vec<_> = findings
            .iter()
            .filter(|one| one.severity == severity)
            .collect();
        if own.is_empty() {
            continue;
        }
        report = report.line(format!("{} ({})", severity.heading(), own.len()));
        let mut topic = None;
        for (index, one) in own.iter().enumerate() {
            if topic != Some(one.topic) {
                report = report.line(format!("  {} {}", one.topic.code(), one.topic.title()));
                topic = Some(one.topic);
            }
            report = report.line(format!("    {}  {}", one.place(), one.what));
            let next = own.get(index + 1).map(|next| next.topic);
            if next != topic {
                report = report.line(format!("    → {}", one.topic.todo()));
            }
        }
    }
    let left = findings.iter().filter(|one| !shown.contains(&one.severity));
    let left: Vec<_> = left.filter(|one| one.severity != Severity::Works).collect();
    if findings.is_empty() {
        report = report.line("Nothing of B2C is used.");
    } else if !left.is_empty() {
        let must = left
            .iter()
            .filter(|one| one.severity == Severity::MustChange);
        let (must, all) = (must.count(), left.len());
        let by_itself = all - must;
        let counted = if shown.is_empty() {
            format!("{must} places must change, {by_itself} change by themselves")
        } else {
            format!("{by_itself} more change by themselves")
        };
        report = report.line(format!(
            "{counted}; without further options the command lists them."
        ));
    }
    for file in unread {
        report = report.warning(format!("{file} could not be read, and was not looked at"));
    }
    let list: Vec<Value> = findings.iter().map(Finding::to_json).collect();
    report.field("findings", list)
}

/// Lines of settings that the change leaves are where they are then; those that it takes away are
/// nowhere.
pub(super) fn follow(findings: &mut [Finding], before: &str, after: &str) {
    if before == after {
        return;
    }
    for finding in findings.iter_mut().filter(|one| one.file == CONFIG_FILE) {
        let line = finding.line.and_then(|line| before.lines().nth(line - 1));
        let place = line.and_then(|line| after.lines().position(|other| other == line));
        finding.line = place.map(|place| place + 1);
    }
}

/// Tells of the files that want the old provider's secret, which is to be taken out next: an app whose
/// platform does not find it does not start.
pub(super) fn left(mut report: Report, places: Vec<String>) -> Report {
    if !places.is_empty() {
        report = report.warning(format!(
            "these still want a secret of B2C, and keep the app from starting where it is missing; take it \
             out of them first:\n  {}",
            places.join("\n  ")
        ));
    }
    report.field("still_named", places)
}

/// The command, for the same profile.
pub(super) fn command(project: &Project, place: &Place) -> String {
    let profile = place.profile();
    let profile = profile.map_or(String::new(), |name| format!(" --profile {}", word(name)));
    let option = option_to(project.root());
    format!("cargo b2c-init migrate --to external-id{option}{profile}")
}

/// What to know of an API before the step is made, and after it.
pub(super) fn consequence_for_api(step: &Step) -> Option<&'static str> {
    match step {
        Step::Look | Step::Done => None,
        Step::Replace | Step::Finish => {
            Some("access tokens of B2C are refused as soon as the API takes the file over")
        }
        Step::Beside { .. } => Some(
            "with both, one person has two accounts: tokens of both are accepted, each with a `sub` of \
             its own (docs/migrate-external-id.md)",
        ),
    }
}

/// What comes next for an API, once the step is made.
pub(super) fn next_of_api(report: Report, step: &Step, command: &str) -> Report {
    match step {
        Step::Done | Step::Replace | Step::Finish => report,
        Step::Look => report.next(format!("{command} --tenant … --side-by-side --diff")),
        Step::Beside { .. } => report.next(format!(
            "when nobody calls with tokens of B2C any more: {command} --finish"
        )),
    }
}

/// What to know before the step is made, and after it.
pub(super) fn consequence(step: &Step) -> Option<&'static str> {
    match step {
        Step::Look | Step::Done | Step::Beside { is_new: false } => None,
        Step::Replace => Some(
            "sessions of B2C go on until they end, though their tokens do not: to end them, empty the \
             session store and restart every instance; with session.store = \"cookie\" another \
             session.cookie_key does; with the next sign-in their users are other people to an app that \
             knows them by `sub`",
        ),
        Step::Beside { is_new: true } => Some(
            "with both, one person has two accounts: link them by a list of old and new ids, or by an \
             address only where both tenants say that it is verified; no claim of B2C says so \
             (docs/migrate-external-id.md)",
        ),
        Step::Finish => Some(
            "sessions of B2C end as soon as the app takes the file over: its users are anonymous then, \
             and sign in at External ID",
        ),
    }
}

/// What comes next, once the step is made.
pub(super) fn next(report: Report, step: &Step, command: &str, stage: &Stage) -> Report {
    let name = match stage {
        Stage::Moving { new, .. } => new,
        Stage::Before { .. } | Stage::After => "",
    };
    match step {
        Step::Done => report,
        Step::Look => report.next(format!(
            "{command} --tenant … --client-id … --side-by-side --diff"
        )),
        Step::Replace => {
            report.next("bring the app its new client secret, and look at the report again")
        }
        Step::Beside { is_new: true } => report
            .next(format!(
                "register the redirect URI, then try it: /login?provider={name}"
            ))
            .next(format!(
                "send some of the users there, then more: {command} --side-by-side --percent 10"
            )),
        Step::Beside { is_new: false } => report.next(format!(
            "when nobody signs in at B2C any more: {command} --finish"
        )),
        Step::Finish => report.next("take B2C's client secret out of where the app runs"),
    }
}
