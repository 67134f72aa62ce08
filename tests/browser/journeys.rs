//! What users do, each journey from an empty browser to its end.

use std::time::Duration;

use b2c_emulator::{Endpoint, Misbehaviour};
use libtest_mimic::Failed;

use crate::{App, Browser, failed};

/// A journey as a function of app and browser; what it expects on the console comes back.
type Outcome = Result<&'static [&'static str], Failed>;

/// Runs one journey with everything of its own, then looks at what the browser noticed.
pub fn run(
    name: &'static str,
    journey: impl AsyncFnOnce(&App, &Browser) -> Outcome,
) -> Result<(), Failed> {
    block_on(async {
        let app = App::start(Duration::from_secs(3600)).await?;
        let browser = Browser::start().await?;
        let outcome = journey(&app, &browser).await;
        if outcome.is_err() {
            browser.pictures(&format!("failed-{name}")).await?;
        }
        let expected = outcome?;
        browser.observations().await?.check(expected)?;
        browser.ends().await
    })
}

/// Runs a future on a runtime of its own.
pub fn block_on<T>(future: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    runtime.map_err(failed)?.block_on(future)
}

pub async fn home(app: &App, browser: &Browser) -> Outcome {
    browser.opens(&app.url).await?;
    browser.sees(&app.url, "Sign in").await?;
    let observations = browser.observations().await?;
    if !observations.cookies.is_empty() {
        return Err(format!("anonymous visitors get cookies: {:?}", observations.cookies).into());
    }
    browser.pictures("home-anonymous").await?;
    browser.prefers_dark(true).await?;
    browser.pictures("home-anonymous-dark").await?;
    browser.has_width(420).await?;
    browser.pictures("home-anonymous-narrow").await?;
    // The log was emptied by reading it.
    browser.opens(&app.url).await?;
    Ok(&[])
}

pub async fn protected_page(app: &App, browser: &Browser) -> Outcome {
    browser.opens(&app.at("/profile?tab=2&q=a%20b")).await?;
    browser.sees(app.provider(), "Sign in").await?;
    browser.pictures("sign-in").await?;
    enter(browser, ADA, PASSWORD).await?;
    browser
        .sees(&app.at("/profile?tab=2&q=a%20b"), "Ada Lovelace")
        .await?;
    browser.pictures("profile").await?;
    // Back leads to a page of the provider's that is over; forward again the session is there.
    browser.opens(&app.url).await?;
    browser.sees(&app.url, "Ada Lovelace").await?;
    browser.pictures("home").await?;
    browser.prefers_dark(true).await?;
    browser.pictures("home-dark").await?;
    Ok(&[])
}

pub async fn sign_up(app: &App, browser: &Browser) -> Outcome {
    start_sign_in(app, browser).await?;
    browser.clicks("#createAccount").await?;
    verify_email(browser, "hedy@emulator.example").await?;
    browser.types("[name=newPassword]", "Fr3quency-Hop").await?;
    browser
        .types("[name=reenterPassword]", "Fr3quency-Hop")
        .await?;
    browser.types("[name=displayName]", "Hedy Lamarr").await?;
    browser.types("[name=givenName]", "Hedy").await?;
    browser.types("[name=surname]", "Lamarr").await?;
    browser.types("[name=city]", "Vienna").await?;
    browser.types("[name=country]", "Austria").await?;
    browser.pictures("sign-up").await?;
    browser.clicks("#continue").await?;
    browser.sees(&app.url, "Hedy Lamarr").await?;
    Ok(&[])
}

pub async fn wrong_password(app: &App, browser: &Browser) -> Outcome {
    start_sign_in(app, browser).await?;
    enter(browser, ADA, "wrong").await?;
    browser
        .sees(app.provider(), "Your password is incorrect.")
        .await?;
    browser.pictures("wrong-password").await?;
    enter(browser, "nobody@emulator.example", "wrong").await?;
    browser
        .sees(app.provider(), "We can't seem to find your account.")
        .await?;
    enter(browser, ADA, PASSWORD).await?;
    browser.sees(&app.url, "Ada Lovelace").await?;
    let answers = app.emulator.requests();
    let errors = answers.iter().any(|request| {
        request.endpoint() == Some(Endpoint::Token) && !request.outcome().is_accepted()
    });
    if errors {
        Err("the app saw something of the wrong password".into())
    } else {
        Ok(&[])
    }
}

pub async fn cancel(app: &App, browser: &Browser) -> Outcome {
    start_sign_in(app, browser).await?;
    browser.clicks("#cancel").await?;
    browser.sees(&app.at("/"), "Sign in").await?;

    // From a protected page: what happened, and a way to try again; no way round in circles.
    browser.opens(&app.at("/profile")).await?;
    browser.clicks("#cancel").await?;
    browser.sees(&app.at("/profile"), "cancelled").await?;
    browser.pictures("cancelled").await?;
    browser.clicks_text("Try again").await?;
    enter(browser, ADA, PASSWORD).await?;
    browser.sees(&app.at("/profile"), "Ada Lovelace").await?;
    Ok(&["/profile - Failed to load resource: the server responded with a status of 401"])
}

pub async fn forgotten_password(app: &App, browser: &Browser) -> Outcome {
    start_sign_in(app, browser).await?;
    browser.clicks("#forgotPassword").await?;
    browser
        .sees(
            &format!(
                "{}/b2cemulator.onmicrosoft.com/b2c_1_passwordreset1",
                app.provider()
            ),
            "",
        )
        .await?;
    verify_email(browser, ADA).await?;
    browser.types("[name=newPassword]", "N3w-Passw0rd").await?;
    browser
        .types("[name=reenterPassword]", "N3w-Passw0rd")
        .await?;
    browser.pictures("reset-password").await?;
    browser.clicks("#continue").await?;
    // Signed in, or at sign-in; never at an error.
    let signed_in = browser.sees(&app.url, "Ada Lovelace").await;
    if signed_in.is_err() {
        enter(browser, ADA, "N3w-Passw0rd").await?;
    }
    browser.sees(&app.url, "Ada Lovelace").await?;

    // The old password is of no use any more.
    browser.clicks("form[action='/logout'] button").await?;
    browser.sees(&app.url, "Sign in").await?;
    start_sign_in(app, browser).await?;
    enter(browser, ADA, PASSWORD).await?;
    browser
        .sees(app.provider(), "Your password is incorrect.")
        .await?;
    Ok(&[])
}

pub async fn edit_profile(app: &App, browser: &Browser) -> Outcome {
    start_sign_in(app, browser).await?;
    enter(browser, ADA, PASSWORD).await?;
    browser.sees(&app.url, "Ada Lovelace").await?;

    browser.clicks("a[href='/edit-profile']").await?;
    browser
        .types("[name=displayName]", "Countess of Lovelace")
        .await?;
    browser.pictures("edit-profile").await?;
    browser.clicks("#continue").await?;
    browser.sees(&app.url, "Countess of Lovelace").await?;

    browser.opens(&app.at("/profile")).await?;
    browser
        .sees(&app.at("/profile"), "Countess of Lovelace")
        .await?;
    browser.clicks("a[href='/edit-profile']").await?;
    browser.types("[name=displayName]", "Nobody").await?;
    browser.clicks("#cancel").await?;
    browser
        .sees(&app.at("/profile"), "Countess of Lovelace")
        .await?;
    Ok(&[])
}

pub async fn call_api(app: &App, browser: &Browser) -> Outcome {
    browser.opens(&app.at("/api")).await?;
    enter(browser, ADA, PASSWORD).await?;
    browser.sees(&app.at("/api"), "demo.read").await?;
    browser.sees(&app.at("/api"), "Ada Lovelace").await?;
    browser.pictures("api").await?;
    if app.refreshes() != 0 {
        return Err("the token of the sign-in was not used".into());
    }
    Ok(&[])
}

/// With tokens that live for four seconds, so that two seconds on they are due.
pub fn token_refresh() -> Result<(), Failed> {
    block_on(async {
        let app = App::start(Duration::from_secs(4)).await?;
        let browser = Browser::start().await?;
        browser.opens(&app.at("/api")).await?;
        enter(&browser, ADA, PASSWORD).await?;
        browser.sees(&app.at("/api"), "demo.read").await?;
        let before = browser.text_of("pre").await?;
        tokio::time::sleep(Duration::from_secs(5)).await;
        browser.opens(&app.at("/api")).await?;
        browser.sees(&app.at("/api"), "demo.read").await?;
        if app.refreshes() == 0 {
            return Err(format!("no refresh, though the token has expired:\n{before}").into());
        }
        browser.observations().await?.check(&[])?;
        browser.ends().await
    })
}

/// The hand-written example does what the generated app does.
pub fn example() -> Result<(), Failed> {
    block_on(async {
        let app = App::start_example().await?;
        let browser = Browser::start().await?;
        browser.opens(&app.at("/api?x=1")).await?;
        enter(&browser, ADA, PASSWORD).await?;
        browser.sees(&app.at("/api?x=1"), "demo.read").await?;
        browser.opens(&app.url).await?;
        browser.clicks_text("Edit profile").await?;
        browser
            .types("[name=displayName]", "Countess of Lovelace")
            .await?;
        browser.clicks("#continue").await?;
        browser
            .sees(&app.url, "Hello, Countess of Lovelace")
            .await?;
        browser.clicks_text("Sign out").await?;
        browser.sees(&app.url, "Welcome").await?;
        // It has no icon, which Chromium asks for all the same.
        browser.observations().await?.check(&["/favicon.ico"])?;
        browser.ends().await
    })
}

pub async fn sign_out(app: &App, browser: &Browser) -> Outcome {
    start_sign_in(app, browser).await?;
    enter(browser, ADA, PASSWORD).await?;
    browser.sees(&app.url, "Ada Lovelace").await?;
    browser.clicks("form[action='/logout'] button").await?;
    browser.sees(&app.at("/"), "Sign in").await?;
    let left = browser.observations().await?;
    let session = left.cookies.iter().find(|cookie| {
        cookie["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("b2c-session"))
    });
    if session.is_some() {
        return Err("the session cookie is still there".into());
    }
    // Signed out at the provider too: it asks for the password again.
    browser.opens(&app.at("/profile")).await?;
    browser.sees(app.provider(), "Sign in").await?;
    Ok(&[])
}

pub async fn provider_away(app: &App, browser: &Browser) -> Outcome {
    // Its metadata has been known since the app started, so the person gets as far as the code.
    app.emulator
        .misbehave(Endpoint::Token, Misbehaviour::Status(503));
    browser.opens(&app.at("/profile")).await?;
    enter(browser, ADA, PASSWORD).await?;
    browser
        .sees(&app.at("/getAToken"), "not available right now")
        .await?;
    browser.pictures("provider-away").await?;
    app.emulator.behave();
    browser.clicks_text("Try again").await?;
    browser.sees(&app.url, "Ada Lovelace").await?;
    Ok(&["Failed to load resource: the server responded with a status of 503"])
}

/// From the home page to the provider's.
pub async fn start_sign_in(app: &App, browser: &Browser) -> Result<(), Failed> {
    browser.opens(&app.url).await?;
    browser.clicks("a[href='/login']").await?;
    browser.sees(app.provider(), "Sign in").await
}

/// Fills the provider's sign-in form.
pub async fn enter(browser: &Browser, name: &str, password: &str) -> Result<(), Failed> {
    browser.types("#signInName", name).await?;
    browser.types("#password", password).await?;
    browser.clicks("#next").await
}

/// Asks for a code, reads it from the emulator's mailbox and enters it.
pub async fn verify_email(browser: &Browser, email: &str) -> Result<(), Failed> {
    browser.types("[name=email]", email).await?;
    browser.clicks("#emailVerificationSendCode").await?;
    let code = browser.text_of("#mailboxCode").await?;
    browser.types("[name=verificationCode]", &code).await?;
    browser.clicks("#emailVerificationVerifyCode").await
}

pub const ADA: &str = "ada@emulator.example";
pub const PASSWORD: &str = "Passw0rd!";
