//! axe-core over one page.

use libtest_mimic::Failed;
use serde_json::Value;

use super::Browser;

/// Looks at what a browser shows.
pub struct Inspector<'b> {
    /// What it looks into.
    pub browser: &'b Browser,
    /// axe-core's source.
    pub axe: String,
}

impl Inspector<'_> {
    /// The page, light and dark, has no violation that axe calls serious or critical.
    pub async fn inspects(&self, page: &str) -> Result<(), Failed> {
        for dark in [false, true] {
            self.browser.prefers_dark(dark).await?;
            self.browser.runs(&self.axe).await?;
            let report = self.browser.runs_async(RUN).await?;
            let checked = report["passes"].as_u64().unwrap_or_default();
            if checked < 5 {
                return Err(format!("axe did not look at {page}: {report}").into());
            }
            let serious = report["violations"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|violation| {
                    matches!(violation["impact"].as_str(), Some("serious" | "critical"))
                });
            let serious: Vec<&Value> = serious.collect();
            if !serious.is_empty() {
                let scheme = if dark { "dark" } else { "light" };
                return Err(format!("{page} ({scheme}): {serious:#?}").into());
            }
        }
        self.browser.prefers_dark(false).await
    }
}

const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run().then(
        report => done({
            passes: report.passes.length,
            violations: report.violations.map(violation => ({
                id: violation.id,
                impact: violation.impact,
                nodes: violation.nodes.map(node => node.html + ' | ' + node.failureSummary),
            })),
        }),
        error => done({ error: String(error) }),
    );
";
