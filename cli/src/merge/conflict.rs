//! What both sides have changed.

use std::fmt;

use serde_json::{Value, json};

/// Something that people and this tool have both changed, differently.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Conflict {
    /// The file, as the project has it.
    pub path: String,
    /// The line of the file as it is, counted from 1; where its key was removed, the nearest line.
    pub line: usize,
    /// The key, in a file of settings: `provider.client_id`.
    pub key: Option<String>,
    /// What this tool wrote.
    pub base: Option<String>,
    /// What people made of it.
    pub ours: Option<String>,
    /// What this tool would write now.
    pub theirs: Option<String>,
}

/// Whose version is taken where both sides have changed the same thing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Prefer {
    /// Nobody's: it is reported.
    #[default]
    Neither,
    /// That of the project as it is.
    Mine,
    /// That of this tool.
    New,
}

/// The outcome of a merge.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Merged {
    /// The text with both sides' changes; where they conflict, the preferred side's, or else the
    /// project's own.
    pub(crate) text: String,
    /// What both have changed, whoever was preferred.
    pub(crate) conflicts: Vec<Conflict>,
}

impl Conflict {
    /// In a file as a whole, or in lines that have no key.
    pub(crate) fn at(path: &str, line: usize) -> Self {
        Self {
            path: path.to_owned(),
            line,
            key: None,
            base: None,
            ours: None,
            theirs: None,
        }
    }

    /// For `--json`.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "path": self.path,
            "line": self.line,
            "key": self.key,
            "base": self.base,
            "ours": self.ours,
            "theirs": self.theirs,
        })
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.path, self.line)?;
        let Some(key) = &self.key else {
            return f.write_str("changed here and by the new version");
        };
        let shown = |value: &Option<String>| match value {
            Some(value) => value.clone(),
            None => "nothing".to_owned(),
        };
        let (ours, theirs) = (shown(&self.ours), shown(&self.theirs));
        write!(f, "{key} is {ours}, would become {theirs}")
    }
}
