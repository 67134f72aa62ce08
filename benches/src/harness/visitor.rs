//! A browser, as far as a sign-in needs one.

use std::collections::BTreeMap;

use reqwest::header;
use url::Url;

use super::scene::Scene;
use crate::error::Failure;

/// Opens a page that leads through a sign-in, and returns the `Cookie` header that the app's pages
/// get from then on.
///
/// Follows redirects and pages that lead on by themselves. The emulator is told by `login_hint` whom
/// to sign in, so it shows no page.
///
/// # Errors
///
/// When the way ends elsewhere than on a page of the app that shows the user's name.
pub async fn sign_in(scene: &Scene, path: &str) -> Result<String, Failure> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(Failure::during("HTTP client"))?;
    let home = Url::parse(&scene.base_url()).map_err(Failure::during("base URL"))?;
    let mut jars: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut url = home.join(path).map_err(Failure::during(path))?;
    let mut signed_in = false;
    for _ in 0..MOST_HOPS {
        if url.path().ends_with("/authorize") && url.query().is_some_and(|q| !q.contains(HINT)) {
            url.query_pairs_mut().append_pair(HINT, USER);
        }
        let origin = url.origin().ascii_serialization();
        let jar = jars.entry(origin.clone()).or_default();
        let answer = client
            .get(url.clone())
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-mode", "navigate")
            .header(header::COOKIE, rendered(jar))
            .send()
            .await
            .map_err(Failure::during("signing in"))?;
        for line in answer.headers().get_all(header::SET_COOKIE) {
            keep(jar, line.to_str().unwrap_or_default());
        }
        let status = answer.status();
        let next = match answer.headers().get(header::LOCATION) {
            Some(location) => location.to_str().ok().map(str::to_owned),
            None => None,
        };
        let page = answer.text().await.map_err(Failure::during("signing in"))?;
        let next = next.or_else(|| refreshed_to(&page));
        if let Some(next) = next {
            url = url.join(&next).map_err(Failure::during("a redirect"))?;
        } else if status == 200 && url.origin() == home.origin() && signed_in {
            if page.contains(crate::servers::USER_NAME) {
                return Ok(rendered(&jars[&origin]));
            }
            return Err(Failure::new(format!(
                "the page does not know the user: {page}"
            )));
        } else if status == 200 && url.origin() == home.origin() {
            // Signed in; now the page that will be asked for.
            (signed_in, url) = (true, home.clone());
        } else {
            let start: String = page.chars().take(500).collect();
            return Err(Failure::new(format!(
                "the sign-in ends at {url}, {status}: {start}"
            )));
        }
    }
    Err(Failure::new(format!(
        "the sign-in goes round in circles, at {url}"
    )))
}

fn rendered(jar: &BTreeMap<String, String>) -> String {
    let pairs = jar.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("; ")
}

fn keep(jar: &mut BTreeMap<String, String>, line: &str) {
    let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
    let Some((name, value)) = pair.split_once('=') else {
        return;
    };
    let gone = attributes
        .split(';')
        .any(|attribute| attribute.trim() == "Max-Age=0");
    if gone || value.is_empty() {
        jar.remove(name);
    } else {
        jar.insert(name.to_owned(), value.to_owned());
    }
}

/// Where a page leads by itself (`<meta http-equiv="Refresh">`).
fn refreshed_to(page: &str) -> Option<String> {
    let rest = page.split_once("http-equiv=\"Refresh\"")?.1;
    let url = rest.split_once("URL=")?.1;
    Some(url.split('"').next()?.replace("&amp;", "&"))
}

const HINT: &str = "login_hint";
const USER: &str = "ada@emulator.example";
const MOST_HOPS: usize = 20;
