//! What is left in a project of a file that both have changed.

use b2c_templates::File;

use super::plan::Update;
use crate::change::ChangeSet;
use crate::error::Error;
use crate::lock::Class;
use crate::merge::{Prefer, mark_source};
use crate::project::Project;

/// What is left of a file that people and the template have both changed. All other files are brought
/// up to date; such a one stays to be updated again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Leave {
    /// Code gets both versions between markers; settings, which an app reads, get no marker ever and
    /// are left as with [`Sidecar`](Self::Sidecar).
    Inline,
    /// The file stays as it is, and the template's is written beside it, with `.b2c-new` behind its
    /// name.
    Sidecar,
}

impl Project {
    /// As [`update`](Self::update) with nobody preferred, but what does not conflict is planned all the
    /// same.
    ///
    /// # Errors
    ///
    /// As those of [`update`](Self::update).
    pub fn update_leaving(&self, restore: &[String], leave: Leave) -> Result<Update, Error> {
        self.plan_update(&self.render()?, restore, Prefer::Neither, Some(leave))
    }

    /// Plans what is left of one file.
    pub(super) fn leave(
        &self,
        changes: &mut ChangeSet,
        file: &File,
        leave: Leave,
    ) -> Result<(), Error> {
        let path = file.path();
        let base = self
            .written(path)
            .filter(|_| Class::of(path) == Class::Source);
        match (leave, base, self.read(path)?) {
            (Leave::Inline, Some(base), Some(ours)) => {
                changes.write(path, &mark_source(base, &ours, file.contents()))
            }
            _ => changes.write(&format!("{path}{BESIDE}"), file.contents()),
        }
    }
}

const BESIDE: &str = ".b2c-new";
