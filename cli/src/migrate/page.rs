//! The report as a page of Markdown.

use std::fmt::Write as _;

use super::finding::{Finding, Severity};

/// What was found, for people who decide and people who do it.
pub(crate) fn page(profile: Option<&str>, findings: &[Finding]) -> String {
    let of = profile.map_or(String::new(), |name| format!(", profile {name}"));
    let mut text = format!("{HEADING}{of}\n");
    for severity in Severity::ALL {
        let own = findings.iter().filter(|one| one.severity == severity);
        let own: Vec<_> = own.collect();
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## {} ({})\n", severity.heading(), own.len());
        if own.is_empty() {
            text.push_str("\nNothing.\n");
            continue;
        }
        text.push_str("\n| | Where | What | What to do |\n|---|---|---|---|\n");
        for one in own {
            let (code, place, todo) = (one.topic.code(), one.place(), one.topic.todo());
            let what = format!("`{}`: {}", cell(&one.what), cell(one.topic.title()));
            let _ = writeln!(
                text,
                "| {code} | `{}` | {what} | {} |",
                cell(&place),
                cell(todo)
            );
        }
    }
    text
}

/// Whether a text is such a page, of now or of earlier, which a new one may take the place of.
pub(crate) fn is_page(text: &str) -> bool {
    text.starts_with(HEADING)
}

/// Without what would end a cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

const HEADING: &str = "# From Azure AD B2C to External ID";
