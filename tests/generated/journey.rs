//! A person's way through a generated app, in a browser: `cargo b2c-init run`, sign in, write or look at
//! something, go on after the app's restart if its store outlasts it, sign out.

use cargo_b2c_init::{Store, Template};
use e2e::browser::Browser;
use e2e::{Running, Workspace};
use libtest_mimic::Failed;

use super::project::Place;
use super::servers;
use super::variant::Variant;

/// Goes through the app of this project, at this place.
pub fn in_browser(variant: Variant, place: &Place) -> Result<(), Failed> {
    let url = place.url();
    let running = run(variant, place)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let browser = runtime.block_on(async {
        let browser = Browser::start().await?;
        let journey = Journey {
            browser: &browser,
            url: &url,
        };
        let outcome = journey.signs_in(variant.template).await;
        journey.pictures(variant, outcome).await?;
        Ok::<_, Failed>(browser)
    })?;
    running.interrupt()?;

    let again = run(variant, place)?;
    runtime.block_on(async {
        let journey = Journey {
            browser: &browser,
            url: &url,
        };
        let outcome = journey.goes_on(variant).await;
        journey.pictures(variant, outcome).await?;
        browser.observations().await?.check(&[])?;
        browser.ends().await
    })?;
    again.interrupt()
}

fn run(variant: Variant, place: &Place) -> Result<Running, Failed> {
    let mut command = Workspace::cargo();
    command
        .args(["b2c-init", "run"])
        .arg("-C")
        .arg(&place.root)
        .env("CARGO_TARGET_DIR", Workspace::target())
        .envs(servers::variable_for(variant.store)?)
        .envs(servers::patience_of(variant.store));
    Running::start(&mut command)
}

struct Journey<'b> {
    browser: &'b Browser,
    url: &'b str,
}

impl Journey<'_> {
    async fn signs_in(&self, template: Template) -> Result<(), Failed> {
        let Self { browser, url } = self;
        browser.opens(url).await?;
        browser.clicks_text("Sign in or sign up").await?;
        self.enters_password().await?;
        match template {
            Template::WebApp => {
                browser.sees(url, "Hello, Ada Lovelace").await?;
                browser.opens(&format!("{url}/api")).await?;
                browser.sees(url, "from a protected API").await
            }
            Template::Bff => {
                browser.sees(url, "Hello, Ada Lovelace").await?;
                self.writes_a_note().await?;
                browser.clicks_text("Call it").await?;
                browser.sees(url, "from a protected API").await
            }
            Template::Grpc => {
                browser.sees(url, "Your notes").await?;
                self.writes_a_note().await
            }
            Template::Api => Err("an API has no pages".into()),
        }
    }

    /// After a restart. Where the session ended with the process, a sign-in leads to the same place.
    async fn goes_on(&self, variant: Variant) -> Result<(), Failed> {
        let Self { browser, url } = self;
        browser.opens(url).await?;
        if variant.store == Some(Store::Memory) {
            browser.clicks_text("Sign in or sign up").await?;
            // The provider has been restarted as well, and knows nobody.
            self.enters_password().await?;
        }
        browser.sees(url, "Ada Lovelace").await?;
        browser.clicks_text("Sign out").await?;
        browser.sees(url, "Sign in or sign up").await
    }

    async fn enters_password(&self) -> Result<(), Failed> {
        let browser = self.browser;
        browser.types("#signInName", "ada@emulator.example").await?;
        browser.types("#password", "Passw0rd!").await?;
        browser.clicks("#next").await
    }

    async fn writes_a_note(&self) -> Result<(), Failed> {
        self.browser.types("#text", "Buy punched cards").await?;
        self.browser.clicks_text("Write").await?;
        self.browser.sees(self.url, "Buy punched cards").await
    }

    /// What the browser shows when something went wrong.
    async fn pictures(&self, variant: Variant, outcome: Result<(), Failed>) -> Result<(), Failed> {
        if outcome.is_err() {
            let name = format!("failed-{}", variant.name());
            // The browser may be what is gone.
            let _ = self.browser.pictures(&name).await;
        }
        outcome
    }
}
