use std::{collections::BTreeMap, net::Ipv4Addr};

use b2c_emulator::Emulator;
use reqwest::{Certificate, ClientBuilder, Method, RequestBuilder, header, redirect::Policy};
use url::Url;

use super::{Page, page::encoded};

/// A browser without JavaScript that follows no redirect by itself, except after a form when told.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    http: reqwest::Client,
    base: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub(crate) fn new(base: &str) -> Self {
        Self::with(base, |http| http)
    }

    /// A visitor of this emulator, who trusts its certificates and takes it for every host.
    pub(crate) fn of(emulator: &Emulator) -> Self {
        Self::at(emulator.base_url(), emulator)
    }

    /// The same, with another host in mind, for example `https://fabrikam.b2clogin.com:8400`.
    pub(crate) fn at(base: &str, emulator: &Emulator) -> Self {
        let url = Url::parse(base).unwrap();
        let here = (Ipv4Addr::LOCALHOST, emulator.port()).into();
        Self::with(base, |http| {
            let http = http.resolve(url.host_str().unwrap(), here);
            match emulator.ca_certificate_pem() {
                Some(pem) => http.tls_certs_only([Certificate::from_pem(pem.as_bytes()).unwrap()]),
                None => http,
            }
        })
    }

    fn with(base: &str, change: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy();
        Self {
            http: change(http).build().unwrap(),
            base: base.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let request = self.http.get(self.url(path));
        self.send(request).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self
            .http
            .post(self.url(path))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encoded(fields));
        self.send(request).await
    }

    /// Fills in the page's form, submits it, and follows the redirect to the next page.
    pub(crate) async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let (action, token) = page.form();
        let mut all = vec![("csrf_token", token.as_str())];
        all.extend_from_slice(fields);
        let next = self.post(&action, &all).await;
        if next.status == 303 {
            let location = next.location().to_owned();
            return self.get(&location).await;
        }
        next
    }

    /// Clicks a link, found by its id.
    pub(crate) async fn click(&mut self, page: &Page, id: &str) -> Page {
        let link = page.attribute(id, "href");
        let link = link.unwrap_or_else(|| panic!("no link {id} in {}", page.body));
        self.get(&link).await
    }

    /// Sends any request, with headers as given.
    pub(crate) async fn request(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Page {
        let mut request = self.http.request(method, self.url(path)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        }
    }

    async fn send(&mut self, request: RequestBuilder) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = if cookies.is_empty() {
            request
        } else {
            request.header(header::COOKIE, cookies.join("; "))
        };
        let response = request.send().await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        Page {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let rules = if self.base.starts_with("https") {
            "HttpOnly; SameSite=None; Secure"
        } else {
            "HttpOnly; SameSite=Lax"
        };
        // The one that is for scripts.
        let rules = if name == "ESTSAUTHLIGHT" {
            rules.trim_start_matches("HttpOnly; ")
        } else {
            rules
        };
        assert!(attributes.trim_start().starts_with(rules), "{cookie}");
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
