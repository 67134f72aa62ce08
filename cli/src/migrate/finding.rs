//! Something that an app uses of B2C, and what becomes of it at External ID.

use serde_json::{Value, json};

use super::topic::Topic;

/// Something that the app uses, where it does, and what becomes of it. Never holds a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Finding {
    pub(crate) topic: Topic,
    pub(crate) severity: Severity,
    /// With `/`, in the project.
    pub(crate) file: String,
    /// From one; `None` where it is about the file, or about no line of it.
    pub(crate) line: Option<usize>,
    /// What was found there.
    pub(crate) what: String,
}

/// What people have to do about it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Severity {
    /// Somebody has to change it.
    MustChange,
    /// It becomes something else without anybody doing something.
    ByItself,
    /// It stays as it is.
    Works,
}

impl Severity {
    /// All of them, the worst first.
    pub(crate) const ALL: [Self; 3] = [Self::MustChange, Self::ByItself, Self::Works];

    /// For programs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MustChange => "must-change",
            Self::ByItself => "by-itself",
            Self::Works => "works",
        }
    }

    /// For people, as a heading.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::MustChange => "Must change",
            Self::ByItself => "Changes by itself",
            Self::Works => "Works as it is",
        }
    }
}

impl Finding {
    pub(super) fn new(
        topic: Topic,
        severity: Severity,
        file: &str,
        line: usize,
        what: impl Into<String>,
    ) -> Self {
        Self {
            topic,
            severity,
            file: file.to_owned(),
            line: (line > 0).then_some(line),
            what: what.into(),
        }
    }

    /// `src/pages.rs:12`.
    pub(crate) fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.file),
            None => self.file.clone(),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "code": self.topic.code(),
            "severity": self.severity.name(),
            "file": self.file,
            "line": self.line,
            "found": self.what,
            "about": self.topic.title(),
            "todo": self.topic.todo(),
        })
    }
}
