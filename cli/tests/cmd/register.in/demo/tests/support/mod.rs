//! A running site with its own identity provider, and visitors who click through it.

use std::collections::BTreeMap;

use b2c_emulator::{Emulator, Endpoint, Misbehaviour, User};
use reqwest::header::{ACCEPT, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Url};
use tokio::net::TcpListener;
use tower_b2c::Config;

/// The app and the emulator, on free ports.
pub struct Site {
    url: String,
    emulator: Emulator,
}

impl Site {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let emulator = Emulator::builder()
            .redirect_uri(format!("{url}/getAToken"))
            .start()
            .await
            .unwrap();

        // The project's own settings, on these ports.
        let file = include_str!("../../b2c.toml");
        let settings = config(file, &emulator);
        let provider = settings.provider_origins().next().unwrap();
        let file = file
            .replace(provider, emulator.base_url())
            .replace(settings.base_url(), &url);
        let app = demo::app(config(&file, &emulator)).unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, emulator }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub fn provider(&self) -> &str {
        self.emulator.base_url()
    }

    /// From now on the identity provider redeems no code.
    pub fn loses_its_provider(&self) {
        let broken = Misbehaviour::Status(503);
        self.emulator.misbehave(Endpoint::Token, broken);
    }

    pub fn user(&self) -> User {
        self.emulator.users().remove(0)
    }

    pub fn visitor(&self) -> Visitor {
        Visitor {
            site: self.url.clone(),
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
            cookies: BTreeMap::new(),
        }
    }
}

fn config(file: &str, emulator: &Emulator) -> Config {
    Config::from_text(file)
        .profile("emulator")
        .environment([
            ("B2C_COOKIE_KEY", COOKIE_KEY),
            (
                "B2C_EMULATOR_CLIENT_SECRET",
                emulator.client().client_secret(),
            ),
        ])
        .load()
        .unwrap()
}

/// Somebody with a browser: follows redirects, keeps cookies, fills in forms.
pub struct Visitor {
    site: String,
    http: Client,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.http.get(format!("{}{path}", self.site));
        self.follow(request).await
    }

    pub async fn signs_in(&mut self, form: Page, user: &User) -> Page {
        let answers = [
            ("signInName", user.sign_in_name()),
            ("password", user.password()),
        ];
        self.submits(form, &answers).await
    }

    /// Presses the button of the page's form that asks for these fields.
    pub async fn submits(&mut self, page: Page, answers: &[(&str, &str)]) -> Page {
        let (action, mut fields) = page.form(answers);
        for (name, value) in answers {
            fields.insert((*name).to_owned(), (*value).to_owned());
        }
        let url = Url::parse(&page.url).unwrap().join(&action).unwrap();
        let body = Url::parse_with_params("http://form", &fields).unwrap();
        let request = self
            .http
            .post(url.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", url.origin().ascii_serialization())
            .body(body.query().unwrap_or_default().to_owned());
        self.follow(request).await
    }

    async fn follow(&mut self, mut next: RequestBuilder) -> Page {
        for _ in 0..20 {
            let mut cookies = String::new();
            for (name, value) in &self.cookies {
                cookies += &format!("{name}={value}; ");
            }
            let cookies = cookies.trim_end_matches("; ");
            let request = next.header(COOKIE, cookies).header(ACCEPT, "text/html");
            let response = request.send().await.unwrap();
            self.keep_cookies(response.headers());

            let Some(location) = response.headers().get(LOCATION) else {
                return Page {
                    status: response.status().as_u16(),
                    url: response.url().to_string(),
                    headers: response.headers().clone(),
                    body: response.text().await.unwrap(),
                };
            };
            let url = response.url().join(location.to_str().unwrap()).unwrap();
            next = self.http.get(url);
        }
        panic!("redirected 20 times");
    }

    /// Hosts that differ only by port share their cookies, as in a browser.
    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// Where a visitor ended up.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub url: String,
    body: String,
    headers: HeaderMap,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn shows(&self, text: &str) {
        let Self { url, body, .. } = self;
        assert!(body.contains(text), "no {text:?} at {url}: {body}");
    }

    /// The action and the fields of the first form that has all these fields.
    fn form(&self, answers: &[(&str, &str)]) -> (String, BTreeMap<String, String>) {
        let forms = self.body.split("<form").skip(1);
        let mut forms = forms.map(|rest| rest.split("</form>").next().unwrap_or(rest));
        let named = |form: &str, name: &str| form.contains(&format!("name=\"{name}\""));
        let form = forms
            .find(|form| answers.iter().all(|(name, _)| named(form, name)))
            .unwrap_or_else(|| panic!("no such form at {}: {}", self.url, self.body));

        let action = attribute(form, "action").unwrap_or_default();
        let inputs = form.split("<input").skip(1);
        // Of the buttons the first is pressed.
        let button = form.split("<button").skip(1).take(1);
        let fields = inputs.chain(button).filter_map(|tag| {
            let value = attribute(tag, "value").unwrap_or_default();
            Some((attribute(tag, "name")?, value))
        });
        (action, fields.collect())
    }
}

/// The value of an attribute of the tag that this text begins with.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let mut value = value.to_owned();
    for (entity, character) in ENTITIES {
        value = value.replace(entity, character);
    }
    Some(value)
}

const ENTITIES: [(&str, &str); 5] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#x2f;", "/"),
    ("&amp;", "&"),
];

const COOKIE_KEY: &str = "a key of these tests, never of anything else";
