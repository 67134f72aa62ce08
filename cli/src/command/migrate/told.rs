//! What is told of it.

use serde_json::Value;

use super::plan::Step;
use crate::migrate::{Finding, Place, Severity};
use crate::project::CONFIG_FILE;
use crate::terminal::Report;

/// What was found: by what has to be done, and by what it is about.
pub(super) fn findings(findings: &[Finding], unread: &[String]) -> Report {
    let mut report = Report::done();
    for severity in Severity::ALL {
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
    if findings.is_empty() {
        report = report.line("Nothing of B2C is used.");
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

/// What to know, and what comes next.
pub(super) fn next(report: Report, step: &Step, place: &Place) -> Report {
    let profile = place.profile();
    let profile = profile.map_or(String::new(), |name| format!(" --profile {name}"));
    let command = format!("cargo b2c-init migrate --to external-id{profile}");
    match step {
        Step::Done => report,
        Step::Look => report.next(format!(
            "{command} --tenant … --client-id … --side-by-side --diff"
        )),
        Step::Replace => report
            .warning(
                "sessions of B2C go on until they end, though their tokens do not: another \
                 session.cookie_key ends them; with the next sign-in their users are other people to an \
                 app that knows them by `sub`",
            )
            .next("bring the app its new client secret, and look at the report again"),
        Step::Beside { is_new } => {
            let report = report.warning(
                "one person has two accounts now: link them by a verified address only, or by a list \
                 of old and new ids (docs/migrate-external-id.md)",
            );
            let report = if *is_new {
                report.next("register the redirect URI, then try it: /login?provider=external-id")
            } else {
                report
            };
            report
                .next(format!("{command} --side-by-side --percent 10, then more"))
                .next(format!("{command} --finish, when nobody signs in at B2C any more"))
        }
        Step::Finish => report
            .warning(
                "sessions of B2C end with the next start: their users are anonymous then, and sign in \
                 at External ID",
            )
            .next("take B2C's client secret out of where the app runs"),
    }
}
