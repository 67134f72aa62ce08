//! The stages of a request, each as a function that a benchmark can call; no part of the public API.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};
use serde_json::json;

use crate::config::Config;
use crate::cookie::{Cookies, KeyRing, Ticket};
use crate::session::{Home, MemoryStore, Record, Sessions, StoreError};
use crate::time::{SystemClock, Timestamp};

/// One signed-in user, with a record of the usual size.
#[derive(Debug)]
pub struct Stages {
    cookies: Cookies,
    headers: HeaderMap,
    sessions: Arc<Sessions>,
    ticket: Ticket,
    record: Record,
    sealed: Vec<u8>,
}

impl Stages {
    /// Begins a session.
    pub async fn new(config: &Config) -> Result<Self, StoreError> {
        let cookies = Cookies::new(&config.app.base_url);
        let store = Home::Store(Arc::new(MemoryStore::default()));
        let keys = KeyRing::new(&config.cookie_keys);
        let sessions = Sessions::new(store, keys, config, Arc::new(SystemClock));
        let record = record()?;
        let begun = sessions.create(record.clone(), None).await;
        let begun = begun.map_err(|_| StoreError::new("a session in memory was not begun"))?;
        let ticket = begun.ticket.clone();
        let cookie = format!("theme=dark; {}={}", cookies.session(), ticket.encode());
        let line =
            HeaderValue::try_from(cookie).map_err(|error| StoreError::new(error.to_string()))?;
        Ok(Self {
            headers: HeaderMap::from_iter([(header::COOKIE, line)]),
            sealed: record.seal(&ticket),
            cookies,
            sessions,
            ticket,
            record,
        })
    }

    /// Finds the session cookie and reads the ticket.
    pub fn parse_cookie(&self) -> bool {
        let found = self.cookies.look(&self.headers).session;
        found.and_then(Ticket::parse).is_some()
    }

    /// Finds the session in memory.
    pub fn find_cached(&self) -> bool {
        self.sessions.cached(&self.ticket).is_some()
    }

    /// Seals the record for the store; returns its length there.
    pub fn seal(&self) -> usize {
        self.record.seal(&self.ticket).len()
    }

    /// Opens the sealed record and reads it.
    pub fn unseal(&self) -> bool {
        Record::open(&self.sealed, &self.ticket).is_ok()
    }
}

/// Some claims, an access token and a refresh token: two kilobytes. Read as a stored record is, so that
/// what it does not have is as in one from before.
fn record() -> Result<Record, StoreError> {
    let now = Timestamp::now(&SystemClock);
    let text = json!({
        "claims": {
            "sub": "f8d2a7e0-5c1b-4a39-9d0e-6b7c8d9e0f1a",
            "name": "Ada Lovelace",
            "given_name": "Ada",
            "family_name": "Lovelace",
            "tfp": "B2C_1_signupsignin1",
        },
        "edited": {},
        "provider": "default",
        "user_flow": "B2C_1_signupsignin1",
        "signed_in_at": now,
        "expires_at": u64::MAX / 2,
        "grant": { "refresh_token": "r".repeat(700) },
        "tokens": [{
            "scopes": ["https://contoso.onmicrosoft.com/demo-api/demo.read"],
            "token": "t".repeat(900),
            "issued_at": now,
            "expires_at": u64::MAX / 2,
        }],
        "ungranted": [],
    });
    serde_json::from_value(text).map_err(|error| StoreError::new(error.to_string()))
}
