//! Somebody with a browser: follows redirects, keeps cookies, fills in the sign-in form.

use std::collections::BTreeMap;

use reqwest::header::{ACCEPT, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Url};

pub(crate) struct Visitor {
    http: Client,
    cookies: BTreeMap<String, String>,
}

/// Where a visitor ended up.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) url: Url,
    pub(crate) body: String,
}

impl Visitor {
    pub(crate) fn new() -> Self {
        let http = Client::builder().redirect(Policy::none()).build();
        Self {
            http: http.expect("a client"),
            cookies: BTreeMap::new(),
        }
    }

    pub(crate) async fn get(&mut self, url: &str) -> Page {
        let request = self.http.get(url);
        self.follow(request).await
    }

    /// Fills in the form of a provider of any kind as the emulator's Ada.
    pub(crate) async fn signs_in(&mut self, page: Page) -> Page {
        let name = |field: &str| page.body.contains(&format!("name=\"{field}\""));
        let field = [
            "signInName",
            "logonIdentifier",
            "email",
            "username",
            "loginfmt",
        ];
        let field = field
            .into_iter()
            .find(|field| name(field))
            .expect("a field for the name");
        let password = ["password", "passwd"].into_iter().find(|field| name(field));
        let answers = [
            (field, "ada@emulator.example"),
            (password.expect("one for the password"), "Passw0rd!"),
        ];
        self.submits(page, &answers).await
    }

    /// Fills in the first form that asks for these fields.
    pub(crate) async fn submits(&mut self, page: Page, answers: &[(&str, &str)]) -> Page {
        let mut forms = page.body.split("<form").skip(1);
        let asks = |form: &&str| {
            answers
                .iter()
                .all(|(name, _)| form.contains(&format!("name=\"{name}\"")))
        };
        let form = forms
            .find(asks)
            .expect("a form")
            .split("</form>")
            .next()
            .expect("its end");
        let hidden = form.split("<input").skip(1).filter_map(|input| {
            Some((
                attribute(input, "name")?,
                attribute(input, "value").unwrap_or_default(),
            ))
        });
        let mut fields: BTreeMap<_, _> = hidden.collect();
        fields.extend(
            answers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let action = attribute(form, "action").unwrap_or_default();
        let url = page.url.join(&action).expect("an address");
        let body = Url::parse_with_params("http://form", &fields).expect("fields");
        let request = self.http.post(url.clone());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("origin", url.origin().ascii_serialization());
        self.follow(request.body(body.query().unwrap_or_default().to_owned()))
            .await
    }

    async fn follow(&mut self, mut next: RequestBuilder) -> Page {
        for _ in 0..20 {
            let cookies = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            let cookies = cookies.collect::<Vec<_>>().join("; ");
            let request = next.header(COOKIE, cookies).header(ACCEPT, "text/html");
            let response = request.send().await.expect("an answer");
            self.keep_cookies(response.headers());
            let url = response.url().clone();
            let Some(location) = response.headers().get(LOCATION) else {
                return Page {
                    status: response.status().as_u16(),
                    url,
                    body: response.text().await.expect("text"),
                };
            };
            let to = url
                .join(location.to_str().expect("text"))
                .expect("an address");
            next = self.http.get(to);
        }
        panic!("redirected 20 times");
    }

    /// Hosts that differ only by port share their cookies, as in a browser.
    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a pair");
            if attributes.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The value of an attribute of the tag that this text begins with.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split('>').next()?.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let entities = [
        ("&quot;", "\""),
        ("&#x2f;", "/"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    let plain = |text: String, (entity, plain)| text.replace(entity, plain);
    Some(entities.into_iter().fold(value.to_owned(), plain))
}
