//! Pending sign-ins, one sealed cookie each: they cost the server nothing and do not fight.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::cookies::Cookies;
use super::key_ring::{KeyRing, KeyUse};
use crate::config::ProviderSettings;
use crate::crypto::sha256;
use crate::format::{self, Unread};
use crate::protocol::{Demand, Reaction};
use crate::secret::Secret;
use crate::time::Timestamp;

/// What a user was sent to the provider for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    SignIn,
    /// A signed-in user passes another user flow.
    StepUp,
    EditProfile,
    ResetPassword,
}

impl Purpose {
    /// For metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::StepUp => "step_up",
            Self::EditProfile => "edit_profile",
            Self::ResetPassword => "reset_password",
        }
    }

    /// The scopes to ask for: those of OpenID Connect, and `resource` ones. Only the sign-in's
    /// refresh token is ever used, so only the sign-in asks for one.
    pub(crate) fn scopes(self, provider: &ProviderSettings, resource: &[String]) -> Vec<String> {
        let protocol = match self {
            Self::SignIn => provider.scopes.clone(),
            Self::StepUp | Self::EditProfile | Self::ResetPassword => vec!["openid".to_owned()],
        };
        let resource = resource.iter().filter(|scope| !protocol.contains(scope));
        let resource: Vec<_> = resource.cloned().collect();
        protocol.into_iter().chain(resource).collect()
    }
}

/// One authorization request that awaits its response.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Transaction {
    pub(crate) state: String,
    pub(crate) nonce: Secret,
    pub(crate) verifier: Secret,
    pub(crate) purpose: Purpose,
    /// The provider that was asked, so the only one whose answer counts.
    pub(crate) provider: String,
    /// In B2C the user flow that was asked, so the only one whose answer counts.
    pub(crate) user_flow: Option<String>,
    /// Scopes asked for beyond OpenID Connect's own.
    pub(crate) scopes: Vec<String>,
    /// Local path and query to come back to.
    pub(crate) return_to: String,
    /// What the answer is checked against besides, and what a restart asks for again.
    #[serde(default)]
    pub(crate) demand: Demand,
    /// What was done in this journey about errors of the provider; each of it once.
    #[serde(default)]
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) started: Timestamp,
    /// The session that was there when the sign-in began.
    pub(crate) begun_in: Option<BegunIn>,
    /// The answer comes by a form, which may bring no other cookie than this one.
    #[serde(default)]
    pub(crate) by_form: bool,
}

/// The session of a browser that is sent to the provider.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct BegunIn {
    /// The session cookie's value: a form from the provider's site does not bring that cookie.
    pub(crate) ticket: Secret,
    /// The user, if it is one of the provider that was asked.
    pub(crate) subject: Option<String>,
}

/// Seals, finds and sweeps transaction cookies.
pub(crate) struct Transactions {
    keys: Arc<KeyRing>,
    cookies: Cookies,
}

impl Transactions {
    pub(crate) fn new(keys: Arc<KeyRing>, cookies: Cookies) -> Self {
        Self { keys, cookies }
    }

    /// `Set-Cookie` values for a new transaction, among them the removal of unreadable and expired
    /// ones and of the oldest beyond [`MOST`] or [`LARGEST`].
    pub(crate) fn begin(
        &self,
        transaction: &Transaction,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Vec<HeaderValue> {
        let name = self.name(&transaction.state);
        let value = format::write(transaction, FORMAT);
        let value =
            URL_SAFE_NO_PAD.encode(self.keys.seal(KeyUse::Transaction, name.as_bytes(), &value));
        let cookie = if transaction.by_form {
            self.cookies.set_for_forms(&name, &value, LIFETIME)
        } else {
            self.cookies.set(&name, &value, LIFETIME)
        };
        let mut answer = vec![cookie];

        let mut pending: Vec<(Timestamp, &str, usize)> = Vec::new();
        for (name, value) in self.cookies.transactions(headers) {
            match self.open(name, value, now) {
                Ok(transaction) => pending.push((transaction.started, name, value.len())),
                // Another instance knows what to make of it.
                Err(Unread::Newer) => {}
                // The rest goes with the next answers: proxies do not take any number of headers.
                Err(_) if answer.len() <= MOST => answer.push(self.cookies.clear(name)),
                Err(_) => {}
            }
        }
        // Newest first: the oldest go, by number and by size.
        pending.sort_unstable_by(|one, other| other.cmp(one));
        let mut size = value.len();
        for (index, (_, name, length)) in pending.into_iter().enumerate() {
            size += length;
            if index + 1 >= MOST || size > LARGEST {
                answer.push(self.cookies.clear(name));
            }
        }
        answer
    }

    /// The pending transaction with this `state`, if this browser carries it and it is in time.
    pub(crate) fn find(
        &self,
        state: &str,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Option<Transaction> {
        let wanted = self.name(state);
        let mut cookies = self.cookies.transactions(headers);
        let (name, value) = cookies.find(|(name, _)| *name == wanted)?;
        let transaction = self.open(name, value, now).ok()?;
        let same = verify_slices_are_equal(transaction.state.as_bytes(), state.as_bytes()).is_ok();
        same.then_some(transaction)
    }

    /// The `Set-Cookie` value that ends a transaction.
    pub(crate) fn end(&self, state: &str) -> HeaderValue {
        self.cookies.clear(&self.name(state))
    }

    fn open(&self, name: &str, value: &str, now: Timestamp) -> Result<Transaction, Unread> {
        let sealed = URL_SAFE_NO_PAD.decode(value).map_err(|_| Unread::Sealed)?;
        let text = self
            .keys
            .open(KeyUse::Transaction, name.as_bytes(), &sealed);
        let text = text.ok_or(Unread::Sealed)?;
        let transaction: Transaction = format::read(&text, FORMAT)?;
        let in_time = now.since(transaction.started) < LIFETIME;
        in_time.then_some(transaction).ok_or(Unread::Garbled)
    }

    /// Named by a hash of the state, so the name tells nothing and cannot be malformed.
    fn name(&self, state: &str) -> String {
        let hash = URL_SAFE_NO_PAD.encode(&sha256(state.as_bytes())[..12]);
        format!("{}{hash}", self.cookies.transaction_prefix())
    }
}

const FORMAT: u8 = 1;

/// How long a sign-in may take.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// How many sign-ins one browser can have pending.
const MOST: usize = 7;

/// How many bytes they may take together: proxies refuse header lines of 8 KiB.
const LARGEST: usize = 5 * 1024;

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    fn transactions() -> Transactions {
        let base_url = "http://localhost:5000".parse().unwrap();
        Transactions::new(KeyRing::of("secret"), Cookies::new(&base_url))
    }

    fn transaction(state: &str, started: u64) -> Transaction {
        Transaction {
            state: state.to_owned(),
            nonce: Secret::new("nonce"),
            verifier: Secret::new("verifier"),
            purpose: Purpose::SignIn,
            provider: "default".to_owned(),
            user_flow: Some("B2C_1_susi".to_owned()),
            scopes: Vec::new(),
            return_to: "/".to_owned(),
            demand: Demand::default(),
            reactions: Vec::new(),
            started: Timestamp(started),
            begun_in: None,
            by_form: false,
        }
    }

    /// What a browser would send after these `Set-Cookie` values.
    fn browser(set: &[HeaderValue], headers: &mut HeaderMap) {
        let mut jar: std::collections::BTreeMap<String, String> = headers
            .get(header::COOKIE)
            .map(|line| line.to_str().unwrap().split("; ").map(pair).collect())
            .unwrap_or_default();
        for value in set {
            let text = value.to_str().unwrap();
            let (name, value) = pair(text.split(';').next().unwrap());
            if text.contains("Max-Age=0") {
                jar.remove(&name)
            } else {
                jar.insert(name, value)
            };
        }
        let line: Vec<_> = jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_str(&line.join("; ")).unwrap(),
        );
    }

    fn pair(text: &str) -> (String, String) {
        let (name, value) = text.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn the_eighth_pending_sign_in_drops_the_oldest() {
        let transactions = transactions();
        let mut headers = HeaderMap::new();
        for number in 0..8 {
            let pending = transaction(&format!("state-{number}"), number);
            browser(
                &transactions.begin(&pending, &headers, Timestamp(number)),
                &mut headers,
            );
        }
        assert!(
            transactions
                .find("state-0", &headers, Timestamp(8))
                .is_none()
        );
        for number in 1..8 {
            let state = format!("state-{number}");
            assert!(
                transactions.find(&state, &headers, Timestamp(8)).is_some(),
                "{state}"
            );
        }
    }

    #[test]
    fn a_transaction_ends_after_fifteen_minutes() {
        let transactions = transactions();
        let mut headers = HeaderMap::new();
        browser(
            &transactions.begin(&transaction("s", 0), &headers, Timestamp(0)),
            &mut headers,
        );
        assert!(transactions.find("s", &headers, Timestamp(899)).is_some());
        assert!(transactions.find("s", &headers, Timestamp(900)).is_none());
    }

    #[test]
    fn a_cookie_moved_to_another_name_does_not_open() {
        let transactions = transactions();
        let mut headers = HeaderMap::new();
        browser(
            &transactions.begin(&transaction("s", 0), &headers, Timestamp(0)),
            &mut headers,
        );
        let line = headers[header::COOKIE].to_str().unwrap().to_owned();
        let (_, value) = pair(&line);
        let moved = format!("{}={value}", transactions.name("other"));
        headers.insert(header::COOKIE, HeaderValue::from_str(&moved).unwrap());
        assert!(transactions.find("other", &headers, Timestamp(1)).is_none());
    }
}
