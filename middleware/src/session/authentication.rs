//! How and when the user of a session proved who they are.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::record::Record;
use crate::time::Timestamp;

/// One authentication that a session has been through.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Authentication {
    /// In B2C the user flow.
    user_flow: Option<String>,
    /// The class of the authentication, by the provider's word.
    acr: Option<String>,
    /// When the user was last asked for credentials, by the provider's word.
    auth_time: Option<Timestamp>,
    completed_at: Timestamp,
}

impl Authentication {
    /// What the verified claims of an ID token say about it.
    pub(crate) fn of(user_flow: Option<&str>, claims: &Map<String, Value>, now: Timestamp) -> Self {
        let acr = claims.get("acr").and_then(Value::as_str);
        Self {
            user_flow: user_flow.map(str::to_owned),
            acr: acr.map(str::to_owned),
            auth_time: auth_time(claims.get("auth_time"), now),
            completed_at: now,
        }
    }
}

impl Record {
    /// Notes an authentication, in place of an earlier one of the same kind.
    pub(crate) fn authenticated(&mut self, new: Authentication) {
        let same = |old: &Authentication| is_same_flow(old, &new) && old.acr == new.acr;
        self.authentications.retain(|old| !same(old));
        if self.authentications.len() >= MOST {
            self.authentications.remove(0);
        }
        self.authentications.push(new);
    }

    /// Takes over what the same user went through before: another sign-in undoes no step up.
    pub(super) fn inherit_authentications(&mut self, previous: &Self) {
        let new = std::mem::take(&mut self.authentications);
        self.authentications.clone_from(&previous.authentications);
        for authentication in new {
            self.authenticated(authentication);
        }
    }

    /// When the user last passed this user flow.
    pub(crate) fn passed_at(&self, user_flow: &str) -> Option<Timestamp> {
        let passed = |one: &&Authentication| {
            let flow = one.user_flow.as_deref();
            flow.is_some_and(|flow| flow.eq_ignore_ascii_case(user_flow))
        };
        let passed = self.authentications.iter().filter(passed);
        passed.map(|one| one.completed_at).max()
    }

    /// Whether the user passed this user flow.
    pub(crate) fn has_passed(&self, user_flow: &str) -> bool {
        self.passed_at(user_flow).is_some()
    }

    /// When the user last gave credentials; `None` if the provider does not tell.
    pub(crate) fn auth_time(&self) -> Option<Timestamp> {
        let times = self.authentications.iter().filter_map(|one| one.auth_time);
        times.max()
    }

    /// Whether the user gave credentials within this time.
    pub(crate) fn is_fresh(&self, max_age: Duration, now: Timestamp) -> bool {
        self.auth_time()
            .is_some_and(|at| is_recent(at, max_age, now))
    }

    /// Whether an authentication was of one of these classes.
    pub(crate) fn has_acr(&self, values: &[String]) -> bool {
        let mut classes = self
            .authentications
            .iter()
            .filter_map(|one| one.acr.as_ref());
        classes.any(|acr| values.contains(acr))
    }
}

/// `auth_time` (OpenID Connect Core §2); one in the future counts as now.
pub(crate) fn auth_time(claim: Option<&Value>, now: Timestamp) -> Option<Timestamp> {
    let seconds = claim?.as_u64()?;
    Some(Timestamp(seconds).min(now))
}

/// Whether a time is at most `max_age` ago, give or take [`LEEWAY`].
pub(crate) fn is_recent(at: Timestamp, max_age: Duration, now: Timestamp) -> bool {
    now.since(at) <= max_age.saturating_add(LEEWAY)
}

fn is_same_flow(one: &Authentication, other: &Authentication) -> bool {
    match (&one.user_flow, &other.user_flow) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        (None, None) => true,
        _ => false,
    }
}

/// How far the provider's clock and this server's may differ.
const LEEWAY: Duration = Duration::from_secs(120);

/// How many a session remembers.
const MOST: usize = 16;
