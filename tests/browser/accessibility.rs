//! axe-core over every page, light and dark.

use std::path::Path;
use std::time::Duration;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::journeys::{ADA, PASSWORD, block_on, enter, start_sign_in, verify_email};
use crate::{App, Browser, failed};

/// No page of the app's or the emulator's has a violation that axe calls serious or critical.
pub fn every_page(axe: &Path) -> Result<(), Failed> {
    let axe = std::fs::read_to_string(axe).map_err(failed)?;
    block_on(async {
        let app = App::start(Duration::from_secs(3600)).await?;
        let browser = Browser::start().await?;
        let inspector = Inspector {
            browser: &browser,
            axe,
        };
        let outcome = inspector.walk(&app).await;
        if outcome.is_err() {
            browser.pictures("failed-accessibility").await?;
        }
        outcome?;
        browser.ends().await
    })
}

struct Inspector<'b> {
    browser: &'b Browser,
    axe: String,
}

impl Inspector<'_> {
    async fn walk(&self, app: &App) -> Result<(), Failed> {
        let browser = self.browser;
        browser.opens(&app.url).await?;
        self.inspects("home, anonymous").await?;
        browser.opens(app.provider()).await?;
        self.inspects("the emulator's start page").await?;

        start_sign_in(app, browser).await?;
        self.inspects("sign-in").await?;
        enter(browser, ADA, "wrong").await?;
        browser
            .sees(app.provider(), "Your password is incorrect.")
            .await?;
        self.inspects("sign-in with an error").await?;

        browser.clicks("#createAccount").await?;
        browser
            .sees(app.provider(), "Send verification code")
            .await?;
        self.inspects("sign-up, the address").await?;
        verify_email(browser, "new@emulator.example").await?;
        browser.sees(app.provider(), "Create").await?;
        self.inspects("sign-up, the attributes").await?;

        browser.opens(&app.at("/reset-password")).await?;
        self.inspects("reset password").await?;
        browser.clicks("#cancel").await?;
        browser.sees(&app.at("/"), "Sign in").await?;
        browser.opens(&app.at("/profile")).await?;
        browser.clicks("#cancel").await?;
        browser.sees(&app.at("/profile"), "cancelled").await?;
        self.inspects("the error page").await?;
        browser.opens(&app.at("/logout")).await?;
        self.inspects("the layer's own page").await?;

        start_sign_in(app, browser).await?;
        enter(browser, ADA, PASSWORD).await?;
        browser.sees(&app.url, "Ada Lovelace").await?;
        self.inspects("home, signed in").await?;
        for path in ["/profile", "/api"] {
            browser.opens(&app.at(path)).await?;
            self.inspects(path).await?;
        }
        browser.opens(&app.at("/edit-profile")).await?;
        browser.sees(app.provider(), "Display Name").await?;
        self.inspects("edit profile").await
    }

    async fn inspects(&self, page: &str) -> Result<(), Failed> {
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
