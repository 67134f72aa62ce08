use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde::Serialize;
use tokio::sync::watch;

use super::LogoutNotice;
use crate::address::Endpoint;

/// A request that the emulator has answered. It never contains a secret.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedRequest {
    pub(crate) at: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) tenant: Option<String>,
    pub(crate) user_flow: Option<String>,
    pub(crate) grant_type: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) outcome: Outcome,
    pub(crate) reason: String,
}

/// How the emulator judged a request.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was answered as asked.
    #[default]
    Accepted,
    /// It was refused with this code, for example `AADB2C90080`, `invalid_token` or `HTTP 503`;
    /// `no answer` if the client did not wait for one.
    Refused(String),
}

/// The last 500 requests, and the last 500 logout tokens that were sent.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    ring: Mutex<VecDeque<RecordedRequest>>,
    notices: Mutex<VecDeque<LogoutNotice>>,
    under_way: AtomicUsize,
    changes: watch::Sender<()>,
}

impl RecordedRequest {
    /// The HTTP method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path as requested.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The decoded query parameters in their order; tokens and secrets are blanked out.
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// The first query parameter of that name.
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// The endpoint; `None` for the pages of a journey and for the start page.
    pub fn endpoint(&self) -> Option<Endpoint> {
        self.endpoint
    }

    /// The domain of the tenant, if the URL names one.
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// The user flow's registered name, if the URL names one.
    pub fn user_flow(&self) -> Option<&str> {
        self.user_flow.as_deref()
    }

    /// The `grant_type` of a token request.
    pub fn grant_type(&self) -> Option<&str> {
        self.grant_type.as_deref()
    }

    /// The client id of an authorization or token request.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// The HTTP status of the answer; `None` if the client did not wait for it.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// When it came, by the emulator's clock, in seconds since 1970.
    pub fn at(&self) -> i64 {
        self.at
    }

    /// Why it was accepted or refused, in a sentence.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// How the request was judged.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

impl Outcome {
    /// Was the request answered as asked?
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted)
    }

    /// The code of a refusal.
    pub fn error_code(&self) -> Option<&str> {
        match self {
            Self::Accepted => None,
            Self::Refused(code) => Some(code),
        }
    }
}

impl RequestLog {
    /// Counts a request that has come.
    pub(crate) fn begin(&self) {
        self.under_way.fetch_add(1, Ordering::AcqRel);
        self.tell();
    }

    /// Adds a request that has begun and is over.
    pub(crate) fn end(&self, request: RecordedRequest) {
        // Before it is added: what is recorded is over.
        self.under_way.fetch_sub(1, Ordering::AcqRel);
        push(&self.ring, request);
        self.tell();
    }

    pub(crate) fn add_notice(&self, notice: LogoutNotice) {
        push(&self.notices, notice);
        self.tell();
    }

    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Acquire)
    }

    /// Wakes those who wait for something.
    pub(crate) fn tell(&self) {
        self.changes.send_replace(());
    }

    /// What those who wait listen to.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Returns the authorization, token and sign-out requests, oldest first.
    pub(crate) fn audit(&self) -> Vec<RecordedRequest> {
        let mut requests = self.all();
        requests.retain(|request| {
            let audited = [Endpoint::Authorize, Endpoint::Token, Endpoint::Logout];
            request
                .endpoint
                .is_some_and(|endpoint| audited.contains(&endpoint))
        });
        requests
    }

    /// Returns the requests, oldest first.
    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        copied(&self.ring)
    }

    /// Returns the logout tokens, oldest first.
    pub(crate) fn notices(&self) -> Vec<LogoutNotice> {
        copied(&self.notices)
    }
}

fn push<T>(ring: &Mutex<VecDeque<T>>, entry: T) {
    let mut ring = ring.lock().unwrap_or_else(PoisonError::into_inner);
    if ring.len() == CAPACITY {
        ring.pop_front();
    }
    ring.push_back(entry);
}

fn copied<T: Clone>(ring: &Mutex<VecDeque<T>>) -> Vec<T> {
    let ring = ring.lock().unwrap_or_else(PoisonError::into_inner);
    ring.iter().cloned().collect()
}

const CAPACITY: usize = 500;
