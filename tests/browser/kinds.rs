//! What users do at each kind of provider, and at several; across sites and over https.

use libtest_mimic::Failed;

use crate::Browser;
use crate::journeys::{ADA, PASSWORD, block_on, enter};
use crate::site::{Site, label};

/// Runs one journey with an app of these providers, then looks at what the browser noticed.
fn run(
    name: &'static str,
    (kinds, more): (&[&str], &str),
    journey: impl AsyncFnOnce(&Site, &Browser) -> Result<(), Failed>,
) -> Result<(), Failed> {
    block_on(async { play(name, Site::start(kinds, more).await?, &[], journey).await })
}

async fn play(
    name: &str,
    site: Site,
    expected_on_console: &[&str],
    journey: impl AsyncFnOnce(&Site, &Browser) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let browser = Browser::start().await?;
    let outcome = journey(&site, &browser).await;
    if outcome.is_err() {
        browser.pictures(&format!("failed-{name}")).await?;
    }
    outcome?;
    browser.observations().await?.check(expected_on_console)?;
    browser.ends().await
}

/// In, out, and asked again: at both ends it was a sign-out.
pub fn signs_in_and_out(kind: &'static str) -> Result<(), Failed> {
    run(kind, (&[kind], ""), async |site, browser| {
        signs_in(site, browser, kind).await?;
        browser.clicks_text("Sign out").await?;
        browser.sees(&site.at("/"), "Hello, stranger").await?;
        browser.opens(&site.at("/private")).await?;
        browser.sees(site.provider(), "Sign in").await
    })
}

/// The form comes from another site, which brings `SameSite=None` cookies alone.
pub fn form_post(kind: &'static str) -> Result<(), Failed> {
    let more = "response_mode = \"form_post\"";
    run("form-post", (&[kind], more), async |site, browser| {
        signs_in(site, browser, kind).await?;
        let seen = browser.observations().await?;
        seen.check(&[])?;
        if let Some(url) = seen.requests.iter().find(|url| url.contains("code=")) {
            return Err(format!("the code is in a URL: {url}").into());
        }
        browser.opens(&site.url).await?;
        browser.sees(&site.url, "Ada Lovelace").await
    })
}

/// Each provider by its button on the built-in page, one after the other.
pub fn choosing() -> Result<(), Failed> {
    run("choosing", (EVERY_KIND, ""), async |site, browser| {
        for kind in EVERY_KIND {
            browser.opens(&site.at("/private")).await?;
            browser.sees(&site.at("/"), "Where do you have").await?;
            browser.clicks_text(label(kind)).await?;
            browser.sees(site.provider(), "Sign in").await?;
            enter(browser, ADA, PASSWORD).await?;
            browser.sees(&site.at("/private"), "Ada Lovelace").await?;
            browser.clicks_text("Sign out").await?;
            browser.sees(&site.at("/"), "Hello, stranger").await?;
        }
        Ok(())
    })
}

/// A page that one sign-in is not enough for: the other flow asks again, and for a second factor.
pub fn stepping_up() -> Result<(), Failed> {
    let more = "authorize = { stepup = { prompt = \"login\" } }";
    run("step-up", (&["b2c"], more), async |site, browser| {
        signs_in(site, browser, "b2c").await?;
        browser.opens(&site.at("/vault?drawer=2")).await?;
        browser.sees(site.provider(), "B2C_1A_StepUp").await?;
        enter(browser, ADA, PASSWORD).await?;
        let code = browser.text_of("#phoneCode").await?;
        browser.pictures("step-up").await?;
        browser.types("[name=verificationCode]", &code).await?;
        browser.clicks("#verifyCode").await?;
        browser
            .sees(&site.at("/vault?drawer=2"), "Ada Lovelace")
            .await?;
        // It is remembered: no second time.
        browser.opens(&site.at("/vault")).await?;
        browser.sees(&site.at("/vault"), "The vault").await
    })
}

/// Signed out at the provider, whose page tells the app in a frame that gets no cookies.
pub fn front_channel_sign_out() -> Result<(), Failed> {
    run("front-channel", (&["entra"], ""), async |site, browser| {
        signs_in(site, browser, "entra").await?;
        let logout = format!(
            "{}/contoso.onmicrosoft.com/oauth2/v2.0/logout",
            site.provider()
        );
        browser.opens(&logout).await?;
        browser.sees(site.provider(), "signed out").await?;
        browser.pictures("front-channel-sign-out").await?;
        let seen = browser.observations().await?;
        seen.check(&[])?;
        let told = site.at("/front-channel-logout?");
        if !seen.requests.iter().any(|url| url.starts_with(&told)) {
            return Err(format!("no frame at {told}").into());
        }
        browser.opens(&site.url).await?;
        browser.sees(&site.url, "Hello, stranger").await
    })
}

/// Somebody else's provider and its own pages, which answer by form and ask whether a sign-out is
/// meant.
pub fn oidc() -> Result<(), Failed> {
    let more = "response_mode = \"form_post\"\nuserinfo = true\nscopes = [\"profile\"]";
    block_on(async {
        let site = Site::start_oidc(more).await?;
        // Its pages have no icon, which Chromium asks for all the same.
        play("oidc", site, &["/favicon.ico"], async |site, browser| {
            browser.opens(&site.at("/private?tab=2")).await?;
            browser.types("[name=login]", "ada").await?;
            browser.types("[name=password]", "any will do").await?;
            browser.clicks_text("Sign-in").await?;
            browser.clicks_text("Continue").await?;
            browser
                .sees(&site.at("/private?tab=2"), "Hello, ada")
                .await?;
            browser.clicks_text("Sign out").await?;
            browser.clicks_text("Yes, sign me out").await?;
            browser.sees(&site.at("/"), "Hello, stranger").await
        })
        .await
    })
}

async fn signs_in(site: &Site, browser: &Browser, kind: &str) -> Result<(), Failed> {
    browser.opens(&site.at("/private?tab=2")).await?;
    browser.sees(site.provider(), "Sign in").await?;
    browser.pictures(&format!("sign-in-{kind}")).await?;
    enter(browser, ADA, PASSWORD).await?;
    browser
        .sees(&site.at("/private?tab=2"), "Ada Lovelace")
        .await
}

/// All that the app of several providers has.
pub const EVERY_KIND: &[&str] = &["b2c", "external-id", "entra"];
