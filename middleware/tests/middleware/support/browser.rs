//! A browser that knows which site a request comes from, and which cookies go with it.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use tower::ServiceExt as _;
use url::Url;

use super::form::Form;
use super::visitor::Page;

/// One browser, at one app and any number of providers.
pub struct Browser {
    app: Router,
    /// The app's origin, without a trailing slash.
    origin: String,
    http: reqwest::Client,
    /// By origin and name.
    jar: BTreeMap<(String, String), Cookie>,
}

#[derive(Clone, Debug)]
struct Cookie {
    value: String,
    attributes: String,
}

impl Browser {
    pub fn new(app: Router, origin: &str) -> Self {
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            app,
            origin: origin.to_owned(),
            http: builder.build().unwrap(),
            jar: BTreeMap::new(),
        }
    }

    /// Goes to another instance of the app from now on.
    pub fn is_routed_to(&mut self, app: &Router) {
        self.app = app.clone();
    }

    /// Opens a path of the app, or any URL, and goes wherever that leads without a person's help.
    pub async fn opens(&mut self, url: &str) -> Page {
        let url = self.absolute(url);
        let page = self.sends(Method::GET, &url, None, None).await;
        self.goes_on(page).await
    }

    /// Opens a path and looks at the very answer.
    pub async fn asks(&mut self, url: &str) -> Page {
        let url = self.absolute(url);
        self.sends(Method::GET, &url, None, None).await
    }

    /// As [`opens`](Self::opens), up to the answer that the provider has for the app.
    pub async fn goes_up_to_the_answer(&mut self, url: &str) -> Answer {
        let url = self.absolute(url);
        let mut page = self.sends(Method::GET, &url, None, None).await;
        for _ in 0..MOST_HOPS {
            if let Some(answer) = self.answer(&page) {
                return answer;
            }
            page = self.next(&page).await.expect("an answer for the app");
        }
        panic!("no answer for the app");
    }

    /// Lets the app have an answer, and goes on from there.
    pub async fn delivers(&mut self, answer: &Answer) -> Page {
        let page = self.delivers_only(answer).await;
        self.goes_on(page).await
    }

    /// Lets the app have an answer, and looks at what it says.
    pub async fn delivers_only(&mut self, answer: &Answer) -> Page {
        let from = Some(answer.from.as_str());
        match &answer.form {
            Some(form) => {
                self.sends(Method::POST, &answer.url, Some(form), from)
                    .await
            }
            None => self.sends(Method::GET, &answer.url, None, from).await,
        }
    }

    /// Fills the form with this control on a page, presses it and goes on.
    pub async fn submits(&mut self, page: &Page, control: &str, values: &[(&str, &str)]) -> Page {
        let form = Form::with_control(&page.body, control);
        let form = form.unwrap_or_else(|| panic!("no form with {control} in {}", page.body));
        let mut fields: Vec<_> = form.fields.into_iter().collect();
        for (name, value) in values {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let page = self.posts(page, &form.action, &encoded(&fields)).await;
        self.goes_on(page).await
    }

    /// Sends a form from a page to where `action` leads, and looks at the very answer.
    pub async fn posts(&mut self, page: &Page, action: &str, form: &str) -> Page {
        let url = Url::parse(&page.url).unwrap().join(action).unwrap();
        self.sends(Method::POST, url.as_str(), Some(form), Some(&page.url))
            .await
    }

    /// A cookie of the app, if the browser has it.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let key = (self.origin.clone(), name.to_owned());
        self.jar.get(&key).map(|cookie| &*cookie.value)
    }

    pub fn forgets_cookies(&mut self, which: impl Fn(&str) -> bool) {
        self.jar.retain(|(_, name), _| !which(name));
    }

    /// Goes wherever redirects and forms that send themselves lead.
    pub async fn goes_on(&mut self, mut page: Page) -> Page {
        for _ in 0..MOST_HOPS {
            match self.next(&page).await {
                Some(next) => page = next,
                None => return page,
            }
        }
        panic!("a redirect loop, at {}", page.url);
    }

    async fn next(&mut self, page: &Page) -> Option<Page> {
        if let Some(answer) = self.answer(page) {
            return Some(self.delivers_only(&answer).await);
        }
        if page.status.is_redirection() {
            let next = Url::parse(&page.url).unwrap().join(page.location());
            let next = next.unwrap().to_string();
            return Some(self.sends(Method::GET, &next, None, Some(&page.url)).await);
        }
        None
    }

    /// What the provider's page or redirect brings to the app.
    fn answer(&self, page: &Page) -> Option<Answer> {
        if page.url.starts_with(&self.origin) {
            return None;
        }
        if page.status.is_redirection() && page.location().starts_with(&self.origin) {
            return Some(Answer {
                url: page.location().to_owned(),
                form: None,
                from: page.url.clone(),
            });
        }
        // Microsoft's page has its attributes in single quotes.
        let form = Form::with_control(&page.body.replace('\'', "\""), "state")?;
        let is_for_app = form.action.starts_with(&self.origin);
        is_for_app.then(|| Answer {
            url: form.action,
            form: Some(encoded(&form.fields.into_iter().collect::<Vec<_>>())),
            from: page.url.clone(),
        })
    }

    /// One request; `from` is the page that caused it.
    async fn sends(
        &mut self,
        method: Method,
        url: &str,
        form: Option<&str>,
        from: Option<&str>,
    ) -> Page {
        let (origin, from) = (origin(url), from.map(origin));
        let same_site = from.as_ref().is_none_or(|from| site(from) == site(&origin));
        let mut request = Request::builder().method(&method).uri(url);
        request = request.header(header::ACCEPT, "text/html");
        request = request.header("sec-fetch-mode", "navigate");
        let relation = match &from {
            None => "none",
            Some(from) if *from == origin => "same-origin",
            Some(_) if same_site => "same-site",
            Some(_) => "cross-site",
        };
        request = request.header("sec-fetch-site", relation);
        if let Some(from) = from.as_ref().filter(|_| method == Method::POST) {
            request = request.header(header::ORIGIN, from);
        }
        let cookies = self.cookies_for(&origin, same_site || method == Method::GET);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        if form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(form.unwrap_or_default().to_owned()).unwrap();
        let (status, headers, body) = if origin == self.origin {
            self.ask_app(request).await
        } else {
            self.ask_provider(request).await
        };
        for cookie in headers.get_all(header::SET_COOKIE) {
            self.keep(&origin, cookie.to_str().unwrap());
        }
        Page {
            url: url.to_owned(),
            status,
            headers,
            body,
        }
    }

    async fn ask_app(&self, request: Request<String>) -> (StatusCode, HeaderMap, String) {
        let (mut parts, body) = request.into_parts();
        let local = parts.uri.path_and_query().unwrap().as_str();
        parts.uri = local.parse().unwrap();
        let request = Request::from_parts(parts, Body::from(body));
        let (parts, body) = self
            .app
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        (parts.status, parts.headers, body)
    }

    async fn ask_provider(&self, request: Request<String>) -> (StatusCode, HeaderMap, String) {
        let request = reqwest::Request::try_from(request).unwrap();
        let answer = self.http.execute(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        (status, headers, answer.text().await.unwrap())
    }

    /// RFC 6265bis §5.8.3: `Lax` goes along on navigations by safe methods, `None` always.
    fn cookies_for(&self, origin: &str, lax: bool) -> String {
        let fitting = self.jar.iter().filter(|((of, _), cookie)| {
            of == origin && (lax || cookie.attributes.contains("SameSite=None"))
        });
        let pairs = fitting.map(|((_, name), cookie)| format!("{name}={}", cookie.value));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, origin: &str, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let key = (origin.to_owned(), name.to_owned());
        let is_https = origin.starts_with("https:");
        assert!(
            !attributes.contains("SameSite=None") || attributes.contains("Secure"),
            "browsers throw {name} away"
        );
        assert!(
            !attributes.contains("Secure") || is_https,
            "Safari throws {name} away"
        );
        if attributes.contains("Max-Age=0") {
            self.jar.remove(&key);
        } else {
            let (value, attributes) = (value.to_owned(), attributes.to_owned());
            self.jar.insert(key, Cookie { value, attributes });
        }
    }

    fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') {
            format!("{}{url}", self.origin)
        } else {
            url.to_owned()
        }
    }
}

/// An authorization response on its way to the app.
#[derive(Clone, Debug)]
pub struct Answer {
    pub url: String,
    /// The form's fields, encoded; `None` if they are in the URL.
    pub form: Option<String>,
    from: String,
}

fn encoded(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

fn origin(url: &str) -> String {
    Url::parse(url).unwrap().origin().ascii_serialization()
}

/// Scheme and host; the port does not count (HTML, "schemelessly same site" and the scheme).
fn site(origin: &str) -> String {
    let url = Url::parse(origin).unwrap();
    format!("{}://{}", url.scheme(), url.host_str().unwrap())
}

const MOST_HOPS: usize = 15;
