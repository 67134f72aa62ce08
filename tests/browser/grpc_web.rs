//! `examples/tonic-grpc` in a browser: the script of a page calls the gRPC service.

use libtest_mimic::Failed;

use crate::journeys::{ADA, PASSWORD, block_on, enter};
use crate::web::WebApp;
use e2e::browser::Browser;

/// Signs in, writes a note, and is told of the sign-out by the service's status.
pub fn page() -> Result<(), Failed> {
    block_on(async {
        let web = WebApp::start().await;
        let browser = Browser::start().await?;
        let board = format!("{}/board", web.base_url);
        browser.opens(&board).await?;
        enter(&browser, ADA, PASSWORD).await?;
        browser.sees(&board, "None yet.").await?;
        browser.types("#text", "buy <b>milk</b>").await?;
        browser.clicks_text("Write").await?;
        browser.sees(&board, "buy <b>milk</b>").await?;
        browser.types("#text", "Grüße an Charles").await?;
        browser.clicks_text("Write").await?;
        browser.sees(&board, "Grüße an Charles").await?;
        browser.pictures("grpc-web").await?;
        browser.prefers_dark(true).await?;
        browser.pictures("grpc-web-dark").await?;

        // In another tab, as it were: this page does not hear of it.
        let signed_out = browser.runs_async(SIGN_OUT).await?;
        assert_eq!(signed_out, "opaqueredirect");
        browser.clicks_text("Refresh").await?;
        browser.sees(&board, "status 16").await?;
        browser.pictures("grpc-web-signed-out-dark").await?;
        browser.prefers_dark(false).await?;
        browser.has_width(420).await?;
        browser.pictures("grpc-web-signed-out-narrow").await?;
        browser.clicks_text("Sign in again").await?;
        browser.sees(&board, "Grüße an Charles").await?;
        // A violation of the page's policy would stand on the console.
        browser.observations().await?.check(&[])?;
        browser.ends().await
    })
}

const SIGN_OUT: &str = "const done = arguments[arguments.length - 1];
    fetch('/logout', { method: 'POST', redirect: 'manual' }).then(answer => done(answer.type));";
