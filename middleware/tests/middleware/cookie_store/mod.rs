//! Sessions that are kept in the browser.

mod bad_cookies;
mod hand_over;
mod journeys;
mod limits;

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::{BoxFuture, SignIn, SignInDecision, SignInError, SignInEvents};

use crate::support::{World, WorldBuilder};

const NAME: &str = "b2c-session-5000";
const SIGNED_IN: &str = "Hello, Ada Lovelace";
const STRANGER: &str = "Hello, stranger";

/// A world without any store.
fn storeless() -> WorldBuilder {
    World::with().config(|file| file.set("session.store", "cookie"))
}

/// Makes sessions as large as a test likes.
#[derive(Clone)]
struct Verbose(usize);

impl SignInEvents for Verbose {
    fn on_sign_in<'a>(
        &'a self,
        _: &'a SignIn<'a>,
    ) -> BoxFuture<'a, Result<SignInDecision, SignInError>> {
        let text = "x".repeat(self.0);
        Box::pin(async move { Ok(SignInDecision::accept().with_claim("story", text)) })
    }
}

type Jar = BTreeMap<String, String>;

/// A browser's cookies that are its session.
fn session_of(jar: &Jar) -> Jar {
    let session = jar.iter().filter(|(name, _)| name.starts_with(NAME));
    session
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// What an instance answers to a browser with these cookies.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    /// The `Set-Cookie` lines that are about the session.
    fn session_lines(&self) -> Vec<&str> {
        let lines = self.headers.get_all("set-cookie").iter();
        let lines = lines.map(|line| line.to_str().unwrap());
        lines.filter(|line| line.starts_with(NAME)).collect()
    }

    /// Does to the browser's cookies what the answer says.
    fn keep(&self, jar: &mut Jar) {
        for line in self.session_lines() {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

async fn ask(app: &Router, jar: &Jar, path: &str) -> Answer {
    let cookies: Vec<_> = jar
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let request = Request::get(path).header("accept", "text/html");
    let request = request
        .header("cookie", cookies.join("; "))
        .body(Body::empty());
    let answer = app.clone().oneshot(request.unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}
