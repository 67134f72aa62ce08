//! When a provider was last asked, and what was learnt by that.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, header};

use super::directory_error::DirectoryError;
use crate::time::Timestamp;

/// The last time that a provider was asked for its metadata.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contact {
    asked: Option<Timestamp>,
    failure: Option<String>,
    skew: Option<i64>,
}

impl Contact {
    /// Why there was no usable answer; `None` if there was one, or none is expected yet.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// How many seconds the provider's clock is ahead of this server's, by the `Date` of its last
    /// answer (RFC 9110 §6.6.1); negative if it is behind.
    pub(crate) fn clock_skew(&self) -> Option<i64> {
        self.skew
    }

    pub(super) fn was_within(&self, span: Duration, now: Timestamp) -> bool {
        self.asked.is_some_and(|asked| now.is_within(span, asked))
    }

    pub(super) fn begin(&mut self, now: Timestamp) {
        self.asked = Some(now);
    }

    pub(super) fn end(&mut self, failure: Option<&DirectoryError>) {
        self.failure = failure.map(ToString::to_string);
    }

    /// An answer that a cache has kept says how old it is, and its date is not the provider's time.
    pub(super) fn note_date(&mut self, headers: &HeaderMap, now: SystemTime) {
        let date = headers
            .get(header::DATE)
            .and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
        if let Some(date) = date.filter(|_| !headers.contains_key(header::AGE)) {
            self.skew = Some(seconds(date) - seconds(now));
        }
    }
}

fn seconds(moment: SystemTime) -> i64 {
    let since = moment.duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
