//! A browser without a screen: follows redirects, keeps cookies, fills forms.

use std::collections::BTreeMap;

use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use tower::ServiceExt as _;

use super::form::{Form, link, text};
use super::world::{APP, World};

/// One browser.
pub struct Visitor<'w> {
    world: &'w World,
    app_cookies: BTreeMap<String, String>,
    provider_cookies: BTreeMap<String, String>,
    /// Every URL that this browser was sent to.
    pub history: Vec<String>,
}

/// What the browser shows in the end.
#[derive(Debug)]
pub struct Page {
    pub url: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// The path and query, if the page is one of the app's.
    pub fn app_path(&self) -> Option<&str> {
        self.url.strip_prefix(APP)
    }

    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn text_of(&self, id: &str) -> Option<String> {
        text(&self.body, id)
    }

    pub fn link(&self, id: &str) -> String {
        link(&self.body, id).unwrap_or_else(|| panic!("no link {id} in {}", self.body))
    }
}

impl<'w> Visitor<'w> {
    pub fn new(world: &'w World) -> Self {
        let (app_cookies, provider_cookies) = Default::default();
        Self {
            world,
            app_cookies,
            provider_cookies,
            history: Vec::new(),
        }
    }

    /// Opens a path of the app (or any URL) and follows where it leads.
    pub async fn opens(&mut self, url: &str) -> Page {
        let mut page = self.sends(Method::GET, &absolute(url), None).await;
        for _ in 0..12 {
            if !page.status.is_redirection() {
                return page;
            }
            let next = resolve(&page.url, page.location());
            page = self.sends(Method::GET, &next, None).await;
        }
        panic!("a redirect loop: {:#?}", self.history);
    }

    /// Follows redirects as far as a browser would, and counts them.
    pub async fn is_sent_around(&mut self, url: &str) -> (usize, Page) {
        let mut page = self.sends(Method::GET, &absolute(url), None).await;
        for hops in 0..20 {
            if !page.status.is_redirection() {
                return (hops, page);
            }
            let next = resolve(&page.url, page.location());
            page = self.sends(Method::GET, &next, None).await;
        }
        (20, page)
    }

    /// Opens a path, and the provider denies the user everything; returns where that leads.
    pub async fn is_denied(&mut self, url: &str) -> Page {
        let page = self.asks(url).await;
        self.is_refused(&page, "access_denied", "AADB2C90273: denied")
            .await
    }

    /// Follows the redirect to a provider that knows the user; returns where that leads, unopened.
    pub async fn is_answered(&mut self, request: &Page) -> String {
        let mut location = resolve(&request.url, request.location());
        while !location.starts_with(APP) {
            let next = self.sends(Method::GET, &location, None).await;
            location = resolve(&next.url, next.location());
        }
        location
    }

    /// The provider answers the authorization request that this leads to with an error; returns
    /// what the app makes of that.
    pub async fn is_refused(&mut self, request: &Page, error: &str, description: &str) -> Page {
        let url = url::Url::parse(&resolve(&request.url, request.location())).unwrap();
        let state = url.query_pairs().find(|(name, _)| name == "state");
        let (_, state) = state.expect("an authorization request");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("error", error)
            .append_pair("error_description", description)
            .append_pair("state", &state)
            .finish();
        self.asks(&format!("/getAToken?{query}")).await
    }

    /// Opens a path of the app and looks at the very answer.
    pub async fn asks(&mut self, url: &str) -> Page {
        self.sends(Method::GET, &absolute(url), None).await
    }

    /// Fills the form that has this control; returns where that would lead, unopened.
    pub async fn fills(
        &mut self,
        page: &Page,
        control: &str,
        values: &BTreeMap<String, String>,
    ) -> String {
        let answer = self.posts(page, control, values.clone()).await;
        self.is_answered(&answer).await
    }

    /// Fills the form that has this control, and presses it.
    pub async fn submits(&mut self, page: &Page, control: &str, values: &[(&str, &str)]) -> Page {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let answer = self.posts(page, control, values.collect()).await;
        if answer.status.is_redirection() {
            let next = resolve(&answer.url, answer.location());
            self.opens(&next).await
        } else {
            answer
        }
    }

    async fn posts(
        &mut self,
        page: &Page,
        control: &str,
        values: BTreeMap<String, String>,
    ) -> Page {
        let form = Form::with_control(&page.body, control);
        let mut form = form.unwrap_or_else(|| panic!("no form with {control} in {}", page.body));
        form.fields.extend(values);
        let action = if form.action.is_empty() {
            page.url.clone()
        } else {
            resolve(&page.url, &form.action)
        };
        self.sends(Method::POST, &action, Some(&form.fields)).await
    }

    pub async fn follows(&mut self, page: &Page, id: &str) -> Page {
        let url = resolve(&page.url, &page.link(id));
        self.opens(&url).await
    }

    /// Opens a path that needs a sign-in, signs in, and ends where that leads.
    pub async fn signs_in(&mut self, path: &str) -> Page {
        let page = self.opens(path).await;
        self.enters(&page, "ada@emulator.example", "Passw0rd!")
            .await
    }

    pub async fn enters(&mut self, page: &Page, name: &str, password: &str) -> Page {
        self.submits(
            page,
            "signInName",
            &[("signInName", name), ("password", password)],
        )
        .await
    }

    /// Resets Ada's password to `N3w-Passw0rd` on the page that is open.
    pub async fn resets_password(&mut self, page: &Page) -> Page {
        let address = [("email", "ada@emulator.example")];
        let page = self
            .submits(page, "emailVerificationSendCode", &address)
            .await;
        let code = page.text_of("mailboxCode").unwrap();
        let page = self
            .submits(&page, "verificationCode", &[("verificationCode", &code)])
            .await;
        let new = [
            ("newPassword", "N3w-Passw0rd"),
            ("reenterPassword", "N3w-Passw0rd"),
        ];
        self.submits(&page, "newPassword", &new).await
    }

    pub async fn signs_out(&mut self) -> Page {
        let answer = self.sends(Method::POST, &absolute("/logout"), None).await;
        let next = resolve(&answer.url, answer.location());
        self.opens(&next).await
    }

    /// The provider does not know this browser any more.
    pub fn forgets_the_provider(&mut self) {
        self.provider_cookies.clear();
    }

    /// The app's cookies, to look at or to tamper with.
    pub fn cookies(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.app_cookies
    }

    /// A request to the app with headers of the caller's choice; no redirect is followed.
    pub async fn sends_with(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Page {
        self.ask_app(method, &absolute(path), path, headers, None)
            .await
    }

    pub async fn sends(
        &mut self,
        method: Method,
        url: &str,
        form: Option<&BTreeMap<String, String>>,
    ) -> Page {
        self.history.push(url.to_owned());
        let page = match url.strip_prefix(APP) {
            Some(path) => {
                self.ask_app(method, url, path, &[("accept", "text/html")], form)
                    .await
            }
            None => self.sends_to_provider(method, url, form).await,
        };
        let is_app = url.starts_with(APP);
        let jar = if is_app {
            &mut self.app_cookies
        } else {
            &mut self.provider_cookies
        };
        for cookie in page.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            // The provider's cookies are the provider's business.
            let guarded = cookie.contains("HttpOnly") && cookie.contains("SameSite=");
            assert!(guarded || !is_app, "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        page
    }

    async fn ask_app(
        &self,
        method: Method,
        url: &str,
        path: &str,
        headers: &[(&str, &str)],
        form: Option<&BTreeMap<String, String>>,
    ) -> Page {
        let path = if path.is_empty() { "/" } else { path };
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.app_cookies.is_empty() {
            request = request.header(header::COOKIE, line(&self.app_cookies));
        }
        let body = form.map(|_| Body::from("field=value")).unwrap_or_default();
        let answer = self
            .world
            .app
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Page {
            url: url.to_owned(),
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    async fn sends_to_provider(
        &self,
        method: Method,
        url: &str,
        form: Option<&BTreeMap<String, String>>,
    ) -> Page {
        assert!(
            url.starts_with(self.world.emulator.base_url()),
            "the browser left for {url}"
        );
        let mut request = self
            .world
            .http
            .request(method, url)
            .header(header::ACCEPT, "text/html");
        if !self.provider_cookies.is_empty() {
            request = request.header(header::COOKIE, line(&self.provider_cookies));
        }
        if let Some(form) = form {
            let body: String = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form)
                .finish();
            request = request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        Page {
            url: url.to_owned(),
            status,
            headers,
            body: answer.text().await.unwrap(),
        }
    }
}

fn absolute(url: &str) -> String {
    if url.starts_with('/') {
        format!("{APP}{url}")
    } else {
        url.to_owned()
    }
}

fn resolve(base: &str, location: &str) -> String {
    url::Url::parse(base)
        .unwrap()
        .join(location)
        .unwrap()
        .to_string()
}

fn line(jar: &BTreeMap<String, String>) -> String {
    jar.iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("; ")
}
