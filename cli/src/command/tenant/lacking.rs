//! What a profile lacks, told as warnings.

use crate::project::CONFIG_FILE;
use crate::tenant::{gathered, is_unknown};
use crate::terminal::Report;

/// A report that warns of what the app cannot use yet, and of keys that it does not know.
pub(in crate::command) fn lacking(mut report: Report, problems: &[String]) -> Report {
    let problems = problems.iter().cloned();
    let (unknown, lacking): (Vec<_>, Vec<_>) = problems.partition(|problem| is_unknown(problem));
    for problem in lacking {
        report = report.warning(format!("not complete yet: {problem}"));
    }
    for problem in gathered(&unknown) {
        report = report.warning(format!("{CONFIG_FILE}: {problem}"));
    }
    report
}
