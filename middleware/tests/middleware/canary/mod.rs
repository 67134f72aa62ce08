//! Secrets and people stay out of logs and `Debug` output, whatever is logged and by whom.

mod journeys;
mod looks;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use http::{Request, Response};
use serde_json::Value;
use tower_b2c::{BoxFuture, HttpClient, HttpError};

use crate::support::{KEY, OTHER_SECRET, Visitor};

/// What must not be seen, by what it is.
#[derive(Clone, Default)]
struct Canaries(Arc<Mutex<BTreeSet<(String, String)>>>);

impl Canaries {
    /// What every journey has: JSON Web Tokens, and the people who sign in.
    fn new() -> Self {
        let canaries = Self::default();
        canaries.add("a JSON Web Token", "eyJ");
        for (what, text) in [
            ("an e-mail", "ada@emulator.example"),
            ("a name", "Ada"),
            ("a name", "Lovelace"),
            ("a password", "Passw0rd!"),
            ("the cookie key", KEY),
            ("a client secret", OTHER_SECRET),
        ] {
            canaries.add(what, text);
        }
        canaries
    }

    fn add(&self, what: &str, text: &str) {
        // What is shorter is in any log by chance.
        if text.len() >= 3 {
            self.0
                .lock()
                .unwrap()
                .insert((what.to_owned(), text.to_owned()));
        }
    }

    /// The secrets among these parameters or members.
    fn add_all(&self, pairs: impl Iterator<Item = (String, String)>) {
        for (name, value) in pairs.filter(|(name, _)| SECRETS.contains(&&**name)) {
            self.add(&name, &value);
        }
    }

    /// The secrets in the addresses that a browser went to.
    fn add_addresses<'u>(&self, urls: impl IntoIterator<Item = &'u String>) {
        for url in urls {
            let url = url::Url::parse(url).unwrap();
            self.add_all(url.query_pairs().into_owned());
        }
    }

    fn add_cookies(&self, visitor: &mut Visitor<'_>) {
        for (name, value) in visitor.cookies() {
            if value.len() > 8 {
                self.add(&format!("cookie {name}"), value);
            }
        }
    }

    fn are_not_in(&self, text: &str, place: &str) {
        for (what, secret) in &*self.0.lock().unwrap() {
            let line = text.lines().find(|line| line.contains(secret));
            assert!(
                line.is_none(),
                "{what} in {place}: {}",
                line.unwrap_or_default()
            );
        }
    }
}

/// Parameters and members that are secrets, or as good as secrets.
const SECRETS: [&str; 16] = [
    "access_token",
    "assertion",
    "client_assertion",
    "client_secret",
    "code",
    "code_challenge",
    "code_verifier",
    "email",
    "id_token",
    "id_token_hint",
    "login_hint",
    "logout_token",
    "nonce",
    "refresh_token",
    "request_uri",
    "state",
];

/// Passes everything on, and remembers the secrets in it.
#[derive(Clone)]
struct Listens {
    http: reqwest::Client,
    canaries: Canaries,
}

impl HttpClient for Listens {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        Box::pin(async move {
            let form = url::form_urlencoded::parse(request.body()).into_owned();
            self.canaries.add_all(form);
            let request = reqwest::Request::try_from(request).unwrap();
            let answer = self.http.execute(request).await;
            let answer = answer.map_err(|error| HttpError::Unreachable(error.to_string()))?;
            let response = Response::builder().status(answer.status());
            let body = answer.bytes().await.unwrap().to_vec();
            let json: Value = serde_json::from_slice(&body).unwrap_or_default();
            let members = json.as_object().into_iter().flatten();
            let texts = members
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
            self.canaries.add_all(texts);
            Ok(response.body(body).unwrap())
        })
    }
}
