//! `cargo b2c-init doctor`.

use clap::Args;
use serde_json::Value;

use super::arguments::{Place, Writing};
use super::help;
use super::write::write;
use crate::doctor::{Examination, Finding, Severity, examine, fix};
use crate::error::Error;
use crate::status::Status;
use crate::terminal::{Report, Style, Terminal};

/// Say what is wrong with a project, and mend what is safe to mend
#[derive(Args, Debug)]
#[command(before_help = help::DOCTOR, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Doctor {
    #[command(flatten)]
    pub(super) place: Place,

    /// Ask nobody: look at the files only
    #[arg(long)]
    offline: bool,

    /// Mend file modes, .gitignore, names that .env lacks and features that Cargo.toml lacks
    #[arg(long)]
    fix: bool,

    #[command(flatten)]
    writing: Writing,
}

pub(super) fn doctor(arguments: &Doctor, terminal: &Terminal) -> Result<Report, Error> {
    let root = &arguments.place.directory;
    let shows_only = arguments.writing.shows_only();
    if shows_only && !arguments.fix {
        let message = "--dry-run and --diff show what --fix would do; add --fix";
        return Err(Error::Usage(message.to_owned()));
    }
    let mut report = Report::done();
    let mut examination = examine(root, arguments.offline)?;
    if arguments.fix {
        let changes = fix(root, &examination.findings)?;
        report = write(&changes, "doctor --fix", arguments.writing)?;
        if !shows_only && !changes.is_empty() {
            examination = examine(root, arguments.offline)?;
        }
    }
    let errors = examination.count(Severity::Error);
    let status = if examination.found_nobody() {
        Status::Unreachable
    } else if errors > 0 {
        Status::Findings
    } else {
        Status::Done
    };
    let findings: Vec<Value> = examination.findings.iter().map(Finding::to_json).collect();
    Ok(report
        .status(status)
        .lines(lines(&examination, terminal))
        .field("offline", arguments.offline)
        .field("findings", findings))
}

fn lines(examination: &Examination, terminal: &Terminal) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let findings = &examination.findings;
    for (index, finding) in findings.iter().enumerate() {
        let severity = finding.rule.severity();
        let style = match severity {
            Severity::Error => Style::Bad,
            Severity::Warning => Style::Bold,
            Severity::Note => Style::Dim,
        };
        let title = format!("{} {}", severity.name(), finding.rule.code());
        lines.push(format!(
            "{}  {}",
            terminal.styled(style, &title),
            finding.sentence()
        ));
        // Once for all findings of one code that are mended in the same way.
        let next = findings.get(index + 1);
        if next.is_some_and(|next| (next.rule, next.advice()) == (finding.rule, finding.advice())) {
            continue;
        }
        lines.push(format!("  means  {}", finding.rule.meaning()));
        lines.push(format!("  fix    {}", finding.advice()));
    }
    let count = |severity, one: &str| match examination.count(severity) {
        1 => format!("1 {one}"),
        several => format!("{several} {one}s"),
    };
    lines.push(format!(
        "{}, {}, {}",
        count(Severity::Error, "error"),
        count(Severity::Warning, "warning"),
        count(Severity::Note, "note"),
    ));
    lines
}
