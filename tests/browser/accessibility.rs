//! axe-core over every page, light and dark.

use std::path::Path;
use std::time::Duration;

use b2c_emulator::{Emulator, IdentityProvider, UserFlow};
use cargo_b2c_init::Template;
use libtest_mimic::Failed;

use crate::journeys::{ADA, PASSWORD, block_on, enter, start_sign_in, verify_email};
use crate::kinds::EVERY_KIND;
use crate::site::Site;
use crate::{App, Browser, failed};
use e2e::browser::Inspector;

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
        let outcome = walk(&inspector, &app).await;
        if outcome.is_err() {
            browser.pictures("failed-accessibility").await?;
        }
        outcome?;
        browser.ends().await
    })
}

/// The same for a front end of scripts, anonymous and signed in, with a note.
pub fn single_page(axe: &Path) -> Result<(), Failed> {
    let axe = std::fs::read_to_string(axe).map_err(failed)?;
    block_on(async {
        let app = App::start_of(Template::Bff).await?;
        let browser = Browser::start().await?;
        let inspector = Inspector {
            browser: &browser,
            axe,
        };
        browser.opens(&app.url).await?;
        browser.sees(&app.url, "write a note").await?;
        inspector.inspects("the front end").await?;
        browser.clicks_text("Sign in or sign up").await?;
        enter(&browser, ADA, PASSWORD).await?;
        browser.sees(&app.url, "No notes yet").await?;
        browser.types("#text", "Buy punched cards").await?;
        browser.clicks_text("Write").await?;
        browser.sees(&app.url, "Buy punched cards").await?;
        inspector.inspects("the front end, signed in").await?;
        browser.ends().await
    })
}

/// The same for the page of an app with several providers.
pub fn the_choice_of_provider(axe: &Path) -> Result<(), Failed> {
    let axe = std::fs::read_to_string(axe).map_err(failed)?;
    block_on(async {
        let site = Site::start(EVERY_KIND, "").await?;
        let browser = Browser::start().await?;
        browser.opens(&site.at("/login")).await?;
        browser
            .sees(&site.at("/login"), "Where do you have")
            .await?;
        browser.pictures("choice-of-provider").await?;
        let inspector = Inspector {
            browser: &browser,
            axe,
        };
        inspector.inspects("the choice of provider").await?;
        browser.prefers_dark(true).await?;
        browser.pictures("choice-of-provider-dark").await?;
        browser.ends().await
    })
}

/// The same for what only other user flows, languages and operators of the emulator see.
pub fn every_other_page_of_the_emulator(axe: &Path) -> Result<(), Failed> {
    let axe = std::fs::read_to_string(axe).map_err(failed)?;
    block_on(async {
        let emulator = Emulator::builder()
            .user_flow(
                UserFlow::sign_up_sign_in("B2C_1_full")
                    .mfa()
                    .embedded_password_reset()
                    .keep_me_signed_in(30)
                    .identity_provider(IdentityProvider::google()),
            )
            .admin_port(0)
            .start()
            .await
            .map_err(failed)?;
        let browser = Browser::start().await?;
        let inspector = Inspector {
            browser: &browser,
            axe,
        };
        let outcome = walk_the_emulator(&inspector, &emulator).await;
        if outcome.is_err() {
            browser.pictures("failed-accessibility-emulator").await?;
        }
        outcome?;
        browser.ends().await
    })
}

async fn walk(inspector: &Inspector<'_>, app: &App) -> Result<(), Failed> {
    let browser = inspector.browser;
    browser.opens(&app.url).await?;
    inspector.inspects("home, anonymous").await?;
    browser.opens(app.provider()).await?;
    inspector.inspects("the emulator's start page").await?;

    start_sign_in(app, browser).await?;
    inspector.inspects("sign-in").await?;
    enter(browser, ADA, "wrong").await?;
    browser
        .sees(app.provider(), "Your password is incorrect.")
        .await?;
    inspector.inspects("sign-in with an error").await?;

    browser.clicks("#createAccount").await?;
    browser
        .sees(app.provider(), "Send verification code")
        .await?;
    inspector.inspects("sign-up, the address").await?;
    verify_email(browser, "new@emulator.example").await?;
    browser.sees(app.provider(), "Create").await?;
    inspector.inspects("sign-up, the attributes").await?;

    browser.opens(&app.at("/reset-password")).await?;
    inspector.inspects("reset password").await?;
    browser.clicks("#cancel").await?;
    browser.sees(&app.at("/"), "Sign in").await?;
    browser.opens(&app.at("/profile")).await?;
    browser.clicks("#cancel").await?;
    browser.sees(&app.at("/profile"), "cancelled").await?;
    inspector.inspects("the error page").await?;
    browser.opens(&app.at("/logout")).await?;
    inspector.inspects("the layer's own page").await?;

    start_sign_in(app, browser).await?;
    enter(browser, ADA, PASSWORD).await?;
    browser.sees(&app.url, "Ada Lovelace").await?;
    inspector.inspects("home, signed in").await?;
    for path in ["/profile", "/api"] {
        browser.opens(&app.at(path)).await?;
        inspector.inspects(path).await?;
    }
    browser.opens(&app.at("/edit-profile")).await?;
    browser.sees(app.provider(), "Display Name").await?;
    inspector.inspects("edit profile").await
}

async fn walk_the_emulator(inspector: &Inspector<'_>, emulator: &Emulator) -> Result<(), Failed> {
    let (browser, base) = (inspector.browser, emulator.base_url());
    browser.opens(&format!("{base}/emulator/errors")).await?;
    inspector.inspects("the list of errors").await?;

    let authorize = format!(
        "{base}/{}/B2C_1_full/oauth2/v2.0/authorize?client_id={}&response_type=code\
         &redirect_uri=http%3A%2F%2Flocalhost%3A5000%2FgetAToken&scope=openid",
        emulator.tenant(),
        emulator.client().client_id()
    );
    for language in ["de", "es", "fr", "ja"] {
        browser
            .opens(&format!("{authorize}&ui_locales={language}"))
            .await?;
        inspector
            .inspects(&format!("sign-in in {language}"))
            .await?;
    }
    browser.opens(&authorize).await?;
    browser.sees(base, "Google").await?;
    browser.pictures("sign-in-with-providers").await?;
    inspector.inspects("sign-in with everything").await?;
    browser.clicks(".providers a").await?;
    // The page that is left names it, too.
    let has_come = "return document.querySelector('.providers') === null && document.readyState === 'complete'";
    browser.becomes(has_come).await?;
    browser.sees(base, "Google").await?;
    inspector.inspects("an identity provider's page").await?;

    browser.opens(&authorize).await?;
    enter(browser, ADA, PASSWORD).await?;
    browser.sees(base, "code").await?;
    browser.pictures("second-factor").await?;
    inspector.inspects("the second factor").await?;

    let admin = emulator.admin_url().ok_or("no admin listener")?;
    let token = emulator.admin_token().ok_or("no admin token")?;
    let audit = admin.replacen("http://", &format!("http://admin:{token}@"), 1);
    browser.opens(&audit).await?;
    browser.pictures("audit").await?;
    inspector.inspects("the audit trail").await
}
