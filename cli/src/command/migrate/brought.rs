//! What `update` does once the move is made, so that nobody has to: the project's own files for External ID.

use std::collections::BTreeSet;

use super::plan::Step;
use crate::change::{Change, ChangeSet};
use crate::command::arguments::Writing;
use crate::error::Error;
use crate::lock::{Base, LockFile};
use crate::migrate::Finding;
use crate::project::{CONFIG_FILE, Project};
use crate::tenant::Kind;
use crate::terminal::{Report, option_to};
use crate::update::Leave;

/// What `update` will have changed.
pub(super) struct Brought {
    later: Option<ChangeSet>,
    /// The command that will.
    command: String,
    /// Whether the move is made by now, or was before.
    is_moved: bool,
    /// Those with places that are nobody's work for this reason.
    files: BTreeSet<String>,
    /// Those to run the app with, which the move itself will bring along.
    by_move: BTreeSet<String>,
    own: BTreeSet<String>,
}

impl Brought {
    /// Of a profile that the project's own files follow (`leads`); of others, and of projects that this
    /// tool did not generate, there is nothing.
    pub(super) fn by_update(project: &Project, step: &Step, leads: bool, writing: Writing) -> Self {
        let then = match step {
            Step::Done => project.clone(),
            _ => project.clone().of_kind(Kind::ExternalId),
        };
        let update = leads.then(|| then.update_leaving(&[], Leave::Sidecar).ok());
        Self {
            later: update.flatten().map(|update| update.changes().clone()),
            command: format!("cargo b2c-init update{}", option_to(project.root())),
            is_moved: match step {
                Step::Replace | Step::Finish => !writing.shows_only(),
                Step::Done => true,
                Step::Look | Step::Beside { .. } => false,
            },
            files: BTreeSet::new(),
            by_move: BTreeSet::new(),
            own: match step {
                Step::Look if leads => project.brought_deployment(),
                _ => BTreeSet::new(),
            },
        }
    }

    /// Takes out what is not there any more in the files as `update` will have them, by what `look` finds
    /// in those.
    ///
    /// # Errors
    ///
    /// Those of `look`.
    pub(super) fn take(
        &mut self,
        findings: &mut Vec<Finding>,
        look: impl FnOnce(&ChangeSet) -> Result<Vec<Finding>, Error>,
    ) -> Result<(), Error> {
        let Some(later) = &self.later else {
            return Ok(());
        };
        let then = look(later)?;
        let same = |one: &Finding, other: &Finding| {
            (&one.file, one.topic, &one.what) == (&other.file, other.topic, &other.what)
        };
        findings.retain(|finding| {
            if self.own.contains(&finding.file) {
                self.by_move.insert(finding.file.clone());
                return false;
            }
            let stays = finding.file == CONFIG_FILE || then.iter().any(|one| same(one, finding));
            if !stays {
                self.files.insert(finding.file.clone());
            }
            stays
        });
        Ok(())
    }

    /// Tells of it; after the move it comes next.
    pub(super) fn told(self, mut report: Report) -> Report {
        let by_move: Vec<_> = self.by_move.into_iter().collect();
        if !by_move.is_empty() {
            report = report.line(format!("The move brings along: {}", by_move.join(", ")));
        }
        let files: Vec<_> = self.files.into_iter().collect();
        if !files.is_empty() {
            report = report.line(format!(
                "`{}` brings along, after the move: {}",
                self.command,
                files.join(", ")
            ));
        }
        let own = [CONFIG_FILE, LockFile::PATH, Base::PATH];
        let later = self.later.iter().flat_map(ChangeSet::changes);
        let is_pending = later.map(Change::path).any(|path| !own.contains(&path));
        if is_pending && self.is_moved {
            report = report.next(self.command);
        }
        report
            .field("brought_by_move", by_move)
            .field("brought_by_update", files)
    }
}
