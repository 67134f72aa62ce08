//! Changes as a list, for people and for programs.

use serde_json::{Value, json};

use super::set::{Change, ChangeSet};
use crate::digest::sha256;

impl ChangeSet {
    /// One line for each file: `edit    b2c.toml`.
    pub fn lines(&self) -> Vec<String> {
        self.changes().iter().map(line).collect()
    }

    /// For `--json`: path, action and digest of each file. Of files with secrets not even the
    /// digest, which would confirm a guess.
    pub fn to_json(&self) -> Value {
        self.changes().iter().map(json_of).collect()
    }
}

fn line(change: &Change) -> String {
    let action = change.action().name();
    match change.from() {
        Some(from) => format!("{action:<7} {from} → {}", change.path()),
        None => format!("{action:<7} {}", change.path()),
    }
}

fn json_of(change: &Change) -> Value {
    let mut file = json!({ "path": change.path(), "action": change.action().name() });
    if let Some(from) = change.from() {
        file["from"] = from.into();
    }
    if change.is_secret() {
        file["secret"] = true.into();
    } else if let Some(content) = change.content() {
        file["sha256"] = sha256(content).into();
    }
    file
}
