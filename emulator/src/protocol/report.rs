use super::Fault;
use crate::{clock::timestamp, random};

/// A fault as B2C reports it: with a correlation id and a time.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) fault: Fault,
    pub(crate) correlation_id: String,
    at: i64,
}

impl Report {
    pub(crate) fn new(fault: Fault, now: i64) -> Self {
        Self {
            fault,
            correlation_id: random::guid(),
            at: now,
        }
    }

    /// The three lines of `error_description`, each ended by CRLF.
    pub(crate) fn description(&self) -> String {
        let Self {
            fault,
            correlation_id,
            at,
        } = self;
        format!(
            "{fault}\r\nCorrelation ID: {correlation_id}\r\nTimestamp: {}\r\n",
            timestamp(*at)
        )
    }
}
