//! The front end of scripts that the template `bff` has, and the server behind it.

use cargo_b2c_init::Template;
use libtest_mimic::Failed;
use serde_json::json;

use crate::journeys::{ADA, PASSWORD, block_on, enter};
use crate::{App, Browser};
use e2e::browser::DevTools;

/// Signs in, writes and removes a note, has another API called, signs out.
pub fn notes() -> Result<(), Failed> {
    run("notes", &[], async |app, browser| {
        browser.opens(&app.url).await?;
        browser.sees(&app.url, "write a note").await?;
        browser.pictures("bff-anonymous").await?;
        browser.clicks_text("Sign in or sign up").await?;
        enter(browser, ADA, PASSWORD).await?;
        browser.sees(&app.url, "Hello, Ada Lovelace").await?;
        browser.sees(&app.url, "No notes yet").await?;

        let text = "<b>Buy</b> punched cards";
        browser.types("#text", text).await?;
        browser.clicks_text("Write").await?;
        browser.sees(&app.url, text).await?;
        browser.clicks_text("Call it").await?;
        browser.sees(&app.url, "from a protected API").await?;
        browser.pictures("bff").await?;
        browser.prefers_dark(true).await?;
        browser.pictures("bff-dark").await?;
        browser.has_width(420).await?;
        browser.pictures("bff-narrow").await?;
        browser.has_width(1200).await?;
        browser.clicks_text("Remove").await?;
        browser.sees(&app.url, "No notes yet").await?;

        // No script can read the session, and none has a token to keep.
        let seen = "return document.cookie + localStorage.length + sessionStorage.length";
        let seen = browser.runs(seen).await?;
        if seen != "00" {
            return Err(format!("scripts see {seen}").into());
        }
        browser.clicks_text("Sign out").await?;
        browser.sees(&app.url, "write a note").await
    })
}

/// The session ends behind the page's back: what is asked for next leads through a sign-in and back to
/// the same address, and a page that looks by itself says so.
pub fn session_that_ends() -> Result<(), Failed> {
    let expected = ["401 (Unauthorized)"];
    run("session-ends", &expected, async |app, browser| {
        let page = app.at("/?tab=2");
        browser.opens(&page).await?;
        browser.clicks_text("Sign in or sign up").await?;
        enter(browser, ADA, PASSWORD).await?;
        browser.sees(&page, "No notes yet").await?;

        end_session(app, browser).await?;
        browser.types("#text", "Too late").await?;
        browser.runs("window.isBefore = true").await?;
        browser.clicks_text("Write").await?;
        // The provider still knows who it is, and sends back to another document at the same address.
        browser
            .becomes("return !window.isBefore && document.readyState === 'complete'")
            .await?;
        browser.sees(&page, "No notes yet").await?;
        let seen = browser.observations().await?;
        seen.check(&expected)?;
        let sign_ins = seen.requests.iter();
        let sign_ins = sign_ins.filter(|url| url.contains("/oauth2/v2.0/authorize"));
        if sign_ins.count() != 2 {
            return Err("the script did not lead to the sign-in".into());
        }

        end_session(app, browser).await?;
        let looks = "document.dispatchEvent(new Event('visibilitychange'))";
        browser.runs(looks).await?;
        browser.sees(&page, "Your session has ended").await?;
        browser.pictures("bff-session-ended").await
    })
}

/// What the browser is left with once the session has ended: the cookie that was its ticket is gone.
async fn end_session(app: &App, browser: &Browser) -> Result<(), Failed> {
    let port = app.url.rsplit(':').next().unwrap_or_default();
    let ticket = json!({ "name": format!("b2c-session-{port}"), "url": app.url });
    let gone = browser.devtools(DevTools("Network.deleteCookies", ticket));
    gone.await.map(|_| ())
}

fn run(
    name: &str,
    on_console: &[&str],
    journey: impl AsyncFnOnce(&App, &Browser) -> Result<(), Failed>,
) -> Result<(), Failed> {
    block_on(async {
        let app = App::start_of(Template::Bff).await?;
        let browser = Browser::start().await?;
        let outcome = journey(&app, &browser).await;
        if outcome.is_err() {
            browser.pictures(&format!("failed-bff-{name}")).await?;
        }
        outcome?;
        browser.observations().await?.check(on_console)?;
        browser.ends().await
    })
}
