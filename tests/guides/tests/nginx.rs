//! The configuration of nginx that `docs/proxies.md` shows, in front of an app.

#[path = "nginx/proxy.rs"]
mod proxy;
#[path = "nginx/site.rs"]
mod site;

use e2e::Requirement;
use libtest_mimic::{Arguments, Failed};
use reqwest::{Method, header};

use crate::site::Site;

fn main() {
    let needs = [Requirement::program("nginx", "apt-get install nginx")];
    let trial = |name, run: fn() -> Result<(), Failed>| Requirement::test(&needs, name, run);
    let tests = vec![
        trial("somebody_signs_in_and_out_through_it", signs_in_and_out),
        trial("headers_change_no_address", headers_change_no_address),
        trial("long_cookies_pass", long_cookies_pass),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}

fn signs_in_and_out() -> Result<(), Failed> {
    in_a_runtime(async {
        let site = Site::start().await?;
        let mut person = site.person()?;
        let page = person.signs_in("/profile?tab=2").await?;
        if page.body != "Ada Lovelace" || page.url != site.at("/profile?tab=2") {
            return Err(format!("{} shows {}", page.url, page.body).into());
        }
        person.signs_out().await?;
        let page = person.opens("/").await?;
        match page.body.as_str() {
            "stranger" => Ok(()),
            other => Err(format!("signed out, and the page says {other}").into()),
        }
    })
}

/// Where users are sent back to is `app.base_url`, whatever the request says.
fn headers_change_no_address() -> Result<(), Failed> {
    in_a_runtime(async {
        let site = Site::start().await?;
        let request = site.client()?.get(site.at("/login"));
        let answer = request
            .header(header::HOST, "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-proto", "http")
            .header("forwarded", "host=evil.example;proto=http")
            .send()
            .await?;
        let location = answer
            .headers()
            .get(header::LOCATION)
            .ok_or("no redirect")?;
        let location = location.to_str()?;
        let expected = site
            .at("/getAToken")
            .replace(':', "%3A")
            .replace('/', "%2F");
        if !location.contains(&expected) || location.contains("evil") {
            return Err(format!("sent to {location}").into());
        }
        Ok(())
    })
}

/// A session in cookies is four of them, each of 4 KB at most.
fn long_cookies_pass() -> Result<(), Failed> {
    in_a_runtime(async {
        let site = Site::start().await?;
        let long = "x".repeat(3500);
        let cookies = ["a", "b", "c", "d"]
            .map(|name| format!("{name}={long}"))
            .join("; ");
        let request = site.client()?.request(Method::GET, site.at("/"));
        let answer = request.header(header::COOKIE, cookies).send().await?;
        match answer.status().as_u16() {
            200 => Ok(()),
            status => Err(format!("answered with {status}").into()),
        }
    })
}

fn in_a_runtime(test: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
    tokio::runtime::Runtime::new()?.block_on(test)
}
