//! A person with a browser: follows redirects, keeps cookies, fills the provider's form.

use std::collections::BTreeMap;

use libtest_mimic::Failed;
use reqwest::{Method, Response, header};
use url::Url;

#[path = "../../middleware/tests/middleware/support/form.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "only forms are filled here"
)]
mod form;

use self::form::Form;

/// One browser.
#[derive(Debug)]
pub struct Person {
    app: String,
    http: reqwest::Client,
    /// Cookies by port, as if ports were sites.
    cookies: BTreeMap<(u16, String), String>,
    /// Every URL that this browser was sent to.
    pub history: Vec<String>,
    /// What each of them answered, as far as there was an answer.
    pub answers: Vec<Answer>,
    held_back: Option<String>,
}

/// The head of one answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Who was asked.
    pub url: String,
    /// Its HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: header::HeaderMap,
}

/// What the browser shows.
#[derive(Debug)]
pub struct Page {
    /// Where it was found, after every redirect.
    pub url: String,
    /// Its HTTP status.
    pub status: u16,
    /// Its HTML or text.
    pub body: String,
}

impl Page {
    /// Is there a form with a control of this name or id?
    pub fn has(&self, control: &str) -> bool {
        Form::with_control(&self.body, control).is_some()
    }

    /// The form that a script of the page sends as soon as it is loaded.
    fn posts_itself(&self) -> Option<Form> {
        if self.body.contains("document.forms[0].submit()") {
            return Form::first(&self.body);
        }
        Form::with_control(&self.body.replace('\'', "\""), "noJavascript")
    }
}

impl Person {
    /// Somebody whose paths are those of the app at this URL; with empty pockets.
    pub fn new(app: &str) -> Result<Self, Failed> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self::sharing(&http, app))
    }

    /// The same, over connections that many people share, by a client that follows no redirects.
    pub fn sharing(http: &reqwest::Client, app: &str) -> Self {
        Self {
            app: app.to_owned(),
            http: http.clone(),
            cookies: BTreeMap::new(),
            history: Vec::new(),
            answers: Vec::new(),
            held_back: None,
        }
    }

    /// From now on stops before a redirect to a URL with this in it, and shows where it would go.
    pub fn holds_back(&mut self, part_of_url: &str) {
        self.held_back = Some(part_of_url.to_owned());
    }

    /// Follows every redirect again.
    pub fn holds_nothing_back(&mut self) {
        self.held_back = None;
    }

    /// Opens a path of the app, or any URL, and follows where it leads.
    pub async fn opens(&mut self, url: &str) -> Result<Page, Failed> {
        let url = match url.strip_prefix('/') {
            Some(path) => format!("{}/{path}", self.app),
            None => url.to_owned(),
        };
        let answer = self.sends(Method::GET, &url, None).await?;
        self.follows(answer).await
    }

    /// Opens a path that needs a sign-in, and signs in.
    pub async fn signs_in(&mut self, path: &str) -> Result<Page, Failed> {
        let page = self.opens(path).await?;
        if !page.has("signInName") {
            return Ok(page);
        }
        let values = [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ];
        self.submits(&page, "signInName", &values).await
    }

    /// Sends the form that has this control.
    pub async fn submits(
        &mut self,
        page: &Page,
        control: &str,
        values: &[(&str, &str)],
    ) -> Result<Page, Failed> {
        let form = Form::with_control(&page.body, control);
        let mut form = form.ok_or_else(|| format!("no form with {control} at {}", page.url))?;
        for (name, value) in values {
            form.fields.insert((*name).to_owned(), (*value).to_owned());
        }
        let action = Url::parse(&page.url)?.join(&form.action)?;
        let answer = self
            .sends(Method::POST, action.as_str(), Some(&form.fields))
            .await?;
        self.follows(answer).await
    }

    /// Signs out at the app, and follows where that leads.
    pub async fn signs_out(&mut self) -> Result<Page, Failed> {
        let url = format!("{}/logout", self.app);
        let answer = self
            .sends(Method::POST, &url, Some(&BTreeMap::new()))
            .await?;
        self.follows(answer).await
    }

    /// Does the app's home page know them?
    pub async fn is_signed_in(&mut self) -> Result<bool, Failed> {
        Ok(self.opens("/").await?.body == "Hello")
    }

    /// Sends one request to a path of the app, with an empty form if it is a POST, and follows
    /// nothing.
    pub async fn asks(&mut self, method: Method, path: &str) -> Result<Response, Failed> {
        let url = format!("{}{path}", self.app);
        let form = BTreeMap::new();
        let form = (method == Method::POST).then_some(&form);
        self.sends(method, &url, form).await
    }

    /// The cookies for this URL, as a request's header has them.
    pub fn cookies_for(&self, url: &str) -> Result<String, Failed> {
        let port = Url::parse(url)?.port_or_known_default().unwrap_or_default();
        let cookies = self.cookies.iter().filter(|((of, _), _)| *of == port);
        let cookies = cookies.map(|((_, name), value)| format!("{name}={value}"));
        Ok(cookies.collect::<Vec<_>>().join("; "))
    }

    async fn follows(&mut self, mut answer: Response) -> Result<Page, Failed> {
        for _ in 0..12 {
            let url = answer.url().clone();
            if let Some(location) = answer.headers().get(header::LOCATION) {
                let next = url.join(location.to_str()?)?;
                let held_back = self.held_back.as_deref();
                if held_back.is_some_and(|part| next.as_str().contains(part)) {
                    return Ok(Page {
                        url: next.into(),
                        status: answer.status().as_u16(),
                        body: String::new(),
                    });
                }
                answer = self.sends(Method::GET, next.as_str(), None).await?;
                continue;
            }
            let page = Page {
                url: url.to_string(),
                status: answer.status().as_u16(),
                body: answer.text().await?,
            };
            // A page that goes on by itself once its frames are loaded, as the one after a sign-out.
            if let Some(next) = form::attribute_of(&page.body, "http-equiv=\"refresh\"", "content")
            {
                self.loads_frames(&url, &page.body).await?;
                let (_, next) = next.split_once("url=").ok_or("no address to go on to")?;
                let next = url.join(next)?;
                answer = self.sends(Method::GET, next.as_str(), None).await?;
                continue;
            }
            // A page that posts itself, as `response_mode=form_post` has it.
            let Some(form) = page.posts_itself() else {
                return Ok(page);
            };
            let action = url.join(&form.action)?;
            let fields = Some(&form.fields);
            answer = self.sends(Method::POST, action.as_str(), fields).await?;
        }
        Err(format!("redirects without end: {:#?}", self.history).into())
    }

    /// As a browser that withholds cookies from frames of other sites.
    async fn loads_frames(&self, page: &Url, html: &str) -> Result<(), Failed> {
        for frame in html.split("<iframe").skip(1) {
            let frame = format!("<iframe{frame}");
            let Some(source) = form::attribute_of(&frame, "<iframe", "src") else {
                continue;
            };
            let request = self.http.get(page.join(&source)?);
            let request = request
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-dest", "iframe")
                .header("sec-fetch-site", "cross-site");
            request.send().await?;
        }
        Ok(())
    }

    async fn sends(
        &mut self,
        method: Method,
        url: &str,
        form: Option<&BTreeMap<String, String>>,
    ) -> Result<Response, Failed> {
        self.history.push(url.to_owned());
        let port = Url::parse(url)?.port_or_known_default().unwrap_or_default();
        let cookies = self.cookies_for(url)?;
        let mut request = self
            .http
            .request(method, url)
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-site", "same-origin");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        if let Some(form) = form {
            let body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form)
                .finish();
            request = request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body);
        }
        let answer = request.send().await?;
        self.answers.push(Answer {
            url: url.to_owned(),
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
        });
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str()?;
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let key = (port, name.to_owned());
            let is_over = ["Max-Age=0", "expires=Thu, 01 Jan 1970"];
            if is_over.iter().any(|past| cookie.contains(past)) {
                self.cookies.remove(&key);
            } else {
                self.cookies.insert(key, value.to_owned());
            }
        }
        Ok(answer)
    }
}
