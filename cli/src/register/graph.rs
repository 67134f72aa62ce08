//! Requests to Microsoft Graph: sent, or shown.

use std::time::{Duration, Instant};

use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use url::Url;

use super::permission::Permission;
use super::refusal::{Refusal, claims};
use crate::error::Error;
use crate::status::Status;
use crate::terminal::SecretText;

/// Speaks to Graph in the name of whoever the token is of.
pub(crate) struct Graph<'a> {
    client: reqwest::Client,
    origin: String,
    token: SecretText,
    /// Whether requests that change something are only shown.
    shows_only: bool,
    sent: Vec<Sent>,
    stopped: &'a dyn Fn() -> bool,
    tell: &'a dyn Fn(&str),
}

/// A request that changes something.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) body: Value,
    /// Whether it was sent, and not only shown.
    pub(crate) done: bool,
}

/// One answer.
struct Heard {
    status: StatusCode,
    body: Value,
    wait: Option<Duration>,
}

impl<'a> Graph<'a> {
    /// Speaks to Graph at this origin; whoever `stopped` asks can stop it between two requests, and
    /// `tell` hears what it waits for.
    ///
    /// # Errors
    ///
    /// The origin is not https, except on this machine.
    pub(crate) fn new(
        origin: &str,
        token: SecretText,
        shows_only: bool,
        stopped: &'a dyn Fn() -> bool,
        tell: &'a dyn Fn(&str),
    ) -> Result<Self, Error> {
        let is_safe = Url::parse(origin).is_ok_and(|url| {
            let host = url.host_str().unwrap_or_default();
            url.scheme() == "https" || matches!(host, "localhost" | "127.0.0.1" | "[::1]")
        });
        if !is_safe {
            return Err(Error::Usage(format!(
                "--graph-url {origin}: the token is sent over https only"
            )));
        }
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .user_agent(concat!("cargo-b2c-init/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Error::Config(error.to_string()))?;
        Ok(Self {
            client,
            origin: origin.trim_end_matches('/').to_owned(),
            token,
            shows_only,
            sent: Vec::new(),
            stopped,
            tell,
        })
    }

    /// The requests that change something, in the order in which they were sent.
    pub(crate) fn sent(&self) -> &[Sent] {
        &self.sent
    }

    pub(super) fn shows_only(&self) -> bool {
        self.shows_only
    }

    /// The id of the tenant that the token says it is for. Nothing is verified: Graph does that.
    pub(super) fn token_tenant(&self) -> Option<String> {
        claims(&self.token)?["tid"].as_str().map(str::to_owned)
    }

    /// The objects of a list that a filter takes.
    pub(super) async fn find(
        &mut self,
        path: &str,
        filter: Option<&str>,
        permission: Permission,
    ) -> Result<Vec<Value>, Error> {
        let mut url = self.url(path)?;
        if let Some(filter) = filter {
            url.query_pairs_mut().append_pair("$filter", filter);
        }
        let found = self
            .exchange(Method::GET, url, None, permission, false)
            .await?;
        Ok(found["value"].as_array().cloned().unwrap_or_default())
    }

    /// Creates an object. What is only shown answers with names for the ids that it would get.
    pub(super) async fn create(
        &mut self,
        path: &str,
        body: Value,
        permission: Permission,
    ) -> Result<Value, Error> {
        self.change(Method::POST, path, body, permission).await
    }

    /// Changes an object.
    pub(super) async fn patch(
        &mut self,
        path: &str,
        body: Value,
        permission: Permission,
    ) -> Result<(), Error> {
        self.change(Method::PATCH, path, body, permission)
            .await
            .map(drop)
    }

    async fn change(
        &mut self,
        method: Method,
        path: &str,
        body: Value,
        permission: Permission,
    ) -> Result<Value, Error> {
        let url = self.url(path)?;
        let mut sent = Sent {
            method: if method == Method::POST {
                "POST"
            } else {
                "PATCH"
            },
            url: format!("{}{path}", self.origin),
            body: body.clone(),
            done: false,
        };
        if self.shows_only {
            let mut answer = body;
            for (key, name) in [("id", "{id}"), ("appId", "{appId}")] {
                let name = match answer["displayName"].as_str() {
                    Some(display) => name.replace('}', &format!(" of {display}}}")),
                    None => name.to_owned(),
                };
                if answer[key].is_null() {
                    answer[key] = name.into();
                }
            }
            self.sent.push(sent);
            return Ok(answer);
        }
        let answer = self
            .exchange(method, url, Some(body), permission, true)
            .await;
        sent.done = answer.is_ok();
        if sent.done {
            self.sent.push(sent);
        }
        answer
    }

    fn url(&self, path: &str) -> Result<Url, Error> {
        let url = format!("{}{path}", self.origin);
        Url::parse(&url).map_err(|error| Error::Usage(format!("{url}: {error}")))
    }

    /// Asks until there is an answer: waits where Graph is busy, and where what was just made has not
    /// reached the server that is asked.
    async fn exchange(
        &mut self,
        method: Method,
        url: Url,
        body: Option<Value>,
        permission: Permission,
        is_change: bool,
    ) -> Result<Value, Error> {
        let request = format!("{method} {}", url.path());
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            if (self.stopped)() {
                return Err(Error::Interrupted);
            }
            let heard = self.ask(&method, &url, body.as_ref(), &request).await?;
            if heard.status.is_success() {
                return Ok(heard.body);
            }
            let is_late = is_change && is_not_there_yet(&heard);
            // What was perhaps done is not done twice.
            let is_busy = match heard.status.as_u16() {
                429 => true,
                503 => !is_change || heard.wait.is_some(),
                504 => !is_change,
                _ => false,
            };
            let wait = heard.wait.unwrap_or(pause);
            if !(is_late || is_busy) || start.elapsed() + wait > PATIENCE {
                let refusal = Refusal {
                    request: &request,
                    status: heard.status.as_u16(),
                    body: &heard.body,
                    permission,
                    token: &self.token,
                };
                return Err(refusal.to_error());
            }
            let why = if is_busy {
                "is busy"
            } else {
                "does not know yet what was made"
            };
            if wait >= WORTH_TELLING {
                let seconds = wait.as_secs();
                (self.tell)(&format!(
                    "Microsoft Graph {why}; once more in {seconds} s …"
                ));
            }
            self.rest(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// In short sleeps, so that Ctrl-C does not wait.
    async fn rest(&self, wait: Duration) {
        let end = Instant::now() + wait;
        while Instant::now() < end && !(self.stopped)() {
            let left = end.saturating_duration_since(Instant::now());
            tokio::time::sleep(left.min(Duration::from_millis(100))).await;
        }
    }

    async fn ask(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
        request: &str,
    ) -> Result<Heard, Error> {
        let failed = |error: reqwest::Error| unreachable_graph(&self.origin, request, &error);
        let mut asked = self.client.request(method.clone(), url.clone());
        asked = asked.bearer_auth(self.token.expose());
        if let Some(body) = body {
            asked = asked
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let mut answer = asked.send().await.map_err(failed)?;
        let status = answer.status();
        let wait = answer.headers().get(header::RETRY_AFTER);
        let wait = wait.and_then(|value| value.to_str().ok()?.parse().ok());
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > LARGEST {
                break;
            }
            bytes.extend_from_slice(&chunk);
        }
        let body = serde_json::from_slice(&bytes);
        if status.is_success() && !bytes.is_empty() && body.is_err() {
            return Err(Error::Graph {
                reason: format!(
                    "{} does not answer {request} as Microsoft Graph does",
                    self.origin
                ),
                hint: "is there a proxy in between, or another --graph-url?".to_owned(),
                status: Status::Unreachable,
            });
        }
        Ok(Heard {
            status,
            body: body.unwrap_or(json!(null)),
            wait: wait.map(Duration::from_secs),
        })
    }
}

/// Graph's servers tell each other what is new within seconds.
fn is_not_there_yet(heard: &Heard) -> bool {
    let code = heard.body["error"]["code"].as_str();
    heard.status == StatusCode::NOT_FOUND || code == Some("NoBackingApplicationObject")
}

fn unreachable_graph(origin: &str, request: &str, error: &reqwest::Error) -> Error {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    Error::Graph {
        reason: format!("{origin} does not answer {request}: {cause}"),
        hint: "run the command again; what was registered is found, and a client secret that is there \
               is named before another one is added"
            .to_owned(),
        status: Status::Unreachable,
    }
}

/// Shorter waits are nobody's business.
const WORTH_TELLING: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// How long one request is repeated.
const PATIENCE: Duration = Duration::from_secs(90);
const LARGEST: usize = 4 * 1024 * 1024;
