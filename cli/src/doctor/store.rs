//! Whether sessions can be kept where `session.store` says.

use tower_b2c::{B2cLayer, Config, StoreConcern};

use super::finding::Finding;
use super::project::Project;
use super::rule::Rule;
use crate::file::is_open_to_others;

/// Tries the store out, by the app's own code, which makes the file and the tables of a SQL store that
/// are not there yet; a lock's record may stay for 30 seconds.
pub(super) async fn judge(config: &Config, findings: &mut Vec<Finding>) {
    let name = config.session_store();
    if !NEEDS_A_SERVER_OR_FILE.contains(&name) {
        return;
    }
    let place = format!("session.store \"{name}\"");
    let layer = B2cLayer::builder(config.clone())
        .discover_at_start(false)
        .build();
    let layer = match layer {
        Ok(layer) => layer,
        Err(error) => {
            let rule = if cfg!(feature = "stores") {
                Rule::StoreFails
            } else {
                Rule::StoreNotProbed
            };
            // The app could not do more than this tool.
            let is_known = findings
                .iter()
                .any(|known| known.rule == Rule::StoreNotBuilt);
            if rule == Rule::StoreNotProbed && is_known {
                return;
            }
            let what = std::error::Error::source(&error)
                .map_or_else(|| error.to_string(), ToString::to_string);
            findings.push(Finding::new(rule, place, what));
            return;
        }
    };
    let check = layer.check_store().await;
    if let Some(problem) = check.problem() {
        findings.push(Finding::new(Rule::StoreFails, place.as_str(), problem));
    }
    for concern in check.concerns() {
        let rule = match concern {
            StoreConcern::Evicts { .. } => Rule::StoreEvicts,
            StoreConcern::Forgets => Rule::StoreForgets,
            // One that this version has no advice for.
            _ => continue,
        };
        findings.push(Finding::new(rule, place.as_str(), concern.to_string()));
    }
}

/// Judges who can read the file of sessions, where they are in SQLite.
pub(super) fn judge_file(project: &Project, findings: &mut Vec<Finding>) {
    let active = project.active.as_deref();
    let session = |path: &[&str]| project.text(active, path).map(|(_, text)| text);
    if session(&["session", "store"]) != Some("sqlite") {
        return;
    }
    let Some(path) = session(&["session", "sqlite", "path"]) else {
        return;
    };
    if is_open_to_others(&project.root.join(path)) {
        let what = "others than its owner can read or write it";
        findings.push(Finding::new(Rule::StoreReadable, path, what));
    }
}

const NEEDS_A_SERVER_OR_FILE: [&str; 3] = ["postgres", "redis", "sqlite"];
