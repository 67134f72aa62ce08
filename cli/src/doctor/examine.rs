//! Everything that doctor looks at, one after the other.

use std::path::Path;

use super::finding::Finding;
use super::project::Project;
use super::rule::{Rule, Severity};
use super::{configuration, expiry, features, files, online, secrets, store};
use crate::error::Error;

/// What an examination found.
#[derive(Debug, Default)]
pub(crate) struct Examination {
    pub(crate) findings: Vec<Finding>,
    /// Whether any provider answered; `None` where none was asked.
    answered: Option<bool>,
}

impl Examination {
    /// Whether the only errors are that nobody answered.
    pub(crate) fn found_nobody(&self) -> bool {
        let errors = self.findings.iter().map(|finding| finding.rule);
        let mut errors = errors.filter(|rule| rule.severity() == Severity::Error);
        self.answered == Some(false) && errors.all(|rule| rule == Rule::Unreachable)
    }

    /// How many findings are of this severity.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings
            .filter(|finding| finding.rule.severity() == severity)
            .count()
    }
}

/// Looks at a project; asks nobody else where `offline`.
///
/// # Errors
///
/// The directory holds no project.
pub(crate) fn examine(root: &Path, offline: bool) -> Result<Examination, Error> {
    let project = Project::read(root)?;
    let mut examination = Examination::default();
    let findings = &mut examination.findings;
    let config = configuration::judge(&project, findings);
    secrets::judge(&project, findings);
    expiry::judge(&project, findings);
    files::judge(&project, findings);
    features::judge(&project, findings);
    store::judge_file(&project, findings);
    if let Some(config) = config.filter(|_| !offline) {
        examination.answered = Some(online::judge(&project, config, findings)?);
    }
    findings.sort_by_key(|finding| finding.rule);
    Ok(examination)
}
