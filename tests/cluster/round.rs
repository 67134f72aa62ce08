//! One session through all instances, in a real browser.

use std::path::Path;
use std::time::Instant;

use libtest_mimic::Failed;
use reqwest::Client;
use serde_json::Value;

use crate::agreement::AT_MOST;
use crate::member;
use crate::running::{Cluster, NAMES};
use crate::{block_on, failed};
use e2e::browser::{Browser, DevTools, Inspector};

/// The sign-in begins on one instance, its answer reaches the next, the page comes from the third; the
/// sign-out is on yet another than the page. Nobody knows the ticket after that.
pub fn chromium() -> Result<(), Failed> {
    let cluster = Cluster::start(&[])?;
    block_on(async {
        let browser = Browser::start().await?;
        let outcome = journey(&cluster, &browser).await;
        if outcome.is_err() {
            browser.pictures("failed-cluster").await?;
        }
        outcome?;
        browser.ends().await
    })
}

async fn journey(cluster: &Cluster, browser: &Browser) -> Result<(), Failed> {
    let http = member::client()?;
    let url = &cluster.url;
    // Style and icon are in the browser's cache from now on, and take nobody's turn.
    browser.opens(url).await?;
    browser.sees(url, "Sign in at one, be known at all").await?;
    browser.pictures("cluster-anonymous").await?;

    next_is(&http, url, "one").await?;
    browser.responses().await?;
    browser.clicks_text("Sign in or sign up").await?;
    browser.types("#signInName", "ada@emulator.example").await?;
    browser.types("#password", "Passw0rd!").await?;
    answered(browser, url, &[("/login", "one")]).await?;

    next_is(&http, url, "two").await?;
    browser.clicks("#next").await?;
    browser.sees(url, "Hello, Ada Lovelace").await?;
    browser.sees(url, "Instance three answered").await?;
    browser.pictures("cluster-signed-in").await?;
    answered(browser, url, &[("/getAToken", "two"), ("/", "three")]).await?;

    let cookies = browser.devtools(DevTools("Network.getAllCookies", serde_json::json!({})));
    let cookies = cookies.await?;
    let cookies = cookies["cookies"].as_array().into_iter().flatten();
    let cookies: Vec<_> = cookies
        .filter_map(|cookie| {
            Some(format!(
                "{}={}",
                cookie["name"].as_str()?,
                cookie["value"].as_str()?
            ))
        })
        .collect();
    let ticket = cookies.join("; ");
    for name in NAMES {
        let page = member::ask(&http, &cluster.instance(name)?, &ticket).await?;
        if !page.contains("Hello, Ada Lovelace") {
            return Err(format!("{name} does not know the ticket: {page}").into());
        }
    }

    next_is(&http, url, "one").await?;
    browser.clicks_text("Sign out").await?;
    browser.sees(url, "Sign in at one").await?;
    answered(browser, url, &[("/logout", "one")]).await?;
    let begun = Instant::now();
    for name in NAMES {
        loop {
            let asked = begun.elapsed();
            let page = member::ask(&http, &cluster.instance(name)?, &ticket).await?;
            if !page.contains("Hello, ") {
                break;
            }
            if asked > AT_MOST {
                return Err(format!("{name} still knows the ticket after {asked:?}").into());
            }
        }
    }
    // The log was emptied by reading it.
    browser.opens(url).await?;
    browser.observations().await?.check(&[])
}

/// The home page, and what an instance shows on its other pages.
pub fn accessibility(axe: &Path) -> Result<(), Failed> {
    let axe = std::fs::read_to_string(axe).map_err(failed)?;
    let cluster = Cluster::start(&[])?;
    block_on(async {
        let browser = Browser::start().await?;
        let inspector = Inspector {
            browser: &browser,
            axe,
        };
        browser.opens(&cluster.url).await?;
        inspector.inspects("home, anonymous").await?;
        browser.opens(&format!("{}/login", cluster.url)).await?;
        browser.types("#signInName", "ada@emulator.example").await?;
        browser.types("#password", "Passw0rd!").await?;
        browser.clicks("#next").await?;
        browser.sees(&cluster.url, "Hello, Ada Lovelace").await?;
        inspector.inspects("home, signed in").await?;
        browser.prefers_dark(true).await?;
        browser.pictures("cluster-signed-in-dark").await?;
        for path in ["/profile", "/api", "/nowhere"] {
            browser.opens(&format!("{}{path}", cluster.url)).await?;
            inspector.inspects(path).await?;
        }
        browser.ends().await
    })
}

/// Takes turns until the next one is this instance's.
async fn next_is(http: &Client, url: &str, name: &str) -> Result<(), Failed> {
    let at = NAMES
        .iter()
        .position(|known| *known == name)
        .ok_or("no such instance")?;
    let before = NAMES[(at + NAMES.len() - 1) % NAMES.len()];
    for _ in 0..2 * NAMES.len() {
        let answer = http.get(format!("{url}/live")).send().await?;
        if answer
            .headers()
            .get("x-instance")
            .is_some_and(|by| by == before)
        {
            return Ok(());
        }
    }
    Err("the instances do not take turns".into())
}

/// Of what the browser asked for since the last look, these were answered by these instances.
async fn answered(browser: &Browser, url: &str, expected: &[(&str, &str)]) -> Result<(), Failed> {
    let responses = browser.responses().await?;
    for (path, name) in expected {
        let address = format!("{url}{path}");
        let of_path = |response: &&Value| {
            let asked = response["url"].as_str().unwrap_or_default();
            asked.split('?').next() == Some(&address)
        };
        let found = responses.iter().find(of_path);
        let headers = found.and_then(|found| found["headers"].as_object());
        let by = headers.and_then(|headers| {
            let mut headers = headers.iter();
            headers.find(|(header, _)| header.eq_ignore_ascii_case("x-instance"))
        });
        if by.is_none_or(|(_, by)| by != name) {
            return Err(format!("{path} was not answered by {name} but {by:?}").into());
        }
    }
    Ok(())
}
