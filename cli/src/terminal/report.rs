//! What a command has to tell when it ends: to people as lines, to programs as one JSON document.

use serde_json::{Map, Value, json};

use super::output::Terminal;
use crate::error::Error;
use crate::merge::Conflict;
use crate::status::Status;

/// A line of what was asked for.
#[derive(Debug)]
enum Line {
    Plain(String),
    /// Of a unified diff.
    Diff(String),
}

/// What a command has to tell.
#[derive(Debug)]
pub(crate) struct Report {
    status: Status,
    lines: Vec<Line>,
    warnings: Vec<String>,
    next: Vec<String>,
    fields: Map<String, Value>,
}

impl Report {
    /// Done, and nothing to tell.
    pub(crate) fn done() -> Self {
        Self::with(Status::Done)
    }

    /// Ended like this.
    pub(crate) fn with(status: Status) -> Self {
        Self {
            status,
            lines: Vec::new(),
            warnings: Vec::new(),
            next: Vec::new(),
            fields: Map::new(),
        }
    }

    /// A line of what was asked for, for standard output.
    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(Line::Plain(line.into()));
        self
    }

    /// A unified diff, for standard output.
    pub(crate) fn diff(mut self, diff: &str) -> Self {
        let lines = diff.lines().map(|line| Line::Diff(line.to_owned()));
        self.lines.extend(lines);
        self
    }

    /// Several lines.
    pub(crate) fn lines(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.lines.extend(lines.into_iter().map(Line::Plain));
        self
    }

    /// Something to know that stops nothing, for standard error.
    pub(crate) fn warning(mut self, warning: impl Into<String>) -> Self {
        self.warnings.push(warning.into());
        self
    }

    /// A command, or an action in words, that comes next. What is to be known of a command stands before it:
    /// to cmd.exe a `#` behind it is one more argument.
    pub(crate) fn next(mut self, step: impl Into<String>) -> Self {
        self.next.push(step.into());
        self
    }

    /// A field of the JSON document, with what the lines tell people.
    pub(crate) fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// With all that another report tells after this one.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.lines.extend(other.lines);
        self.warnings.extend(other.warnings);
        self.next.extend(other.next);
        self.fields.extend(other.fields);
        self
    }

    /// The status, if everything else is as it is.
    pub(crate) fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }
}

impl Terminal {
    /// Tells how a command ended, and returns the status for the exit code.
    pub(crate) fn finish(&mut self, command: &str, result: Result<Report, Error>) -> Status {
        match result {
            Ok(report) if self.is_json() => {
                let status = report.status;
                self.data(&format!("{:#}", document(command, report)));
                status
            }
            Ok(report) => self.tell(&report),
            Err(error) => {
                if self.is_json() {
                    self.data(&format!("{:#}", failure(command, &error)));
                }
                self.error(&error);
                error.status()
            }
        }
    }

    fn tell(&mut self, report: &Report) -> Status {
        if !self.is_quiet() {
            for line in &report.lines {
                match line {
                    Line::Plain(line) => self.data(line),
                    Line::Diff(line) => self.diff_line(line),
                }
            }
            for warning in &report.warnings {
                self.warning(warning);
            }
            for step in &report.next {
                self.next_step(step);
            }
        }
        report.status
    }
}

fn document(command: &str, report: Report) -> Value {
    let mut document = opening(command, report.status);
    for (name, value) in report.fields {
        document[name] = value;
    }
    document["warnings"] = report.warnings.into();
    document["next"] = report.next.into();
    document
}

fn failure(command: &str, error: &Error) -> Value {
    let mut document = opening(command, error.status());
    document["error"] = json!({ "message": error.to_string(), "help": error.hint() });
    if let Error::Conflicts(conflicts) = error {
        document["conflicts"] = conflicts.iter().map(Conflict::to_json).collect();
    }
    document
}

fn opening(command: &str, status: Status) -> Value {
    json!({
        "schema": 1,
        "tool": env!("CARGO_PKG_VERSION"),
        "command": command,
        "exit": status.code(),
    })
}
