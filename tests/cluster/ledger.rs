//! What came of many requests.

use std::time::Duration;

use libtest_mimic::Failed;
use reqwest::{Method, Response, StatusCode, header};

use crate::member::Member;

/// Counts of one member's requests, or of everybody's.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub served: usize,
    /// 503 with `Retry-After`.
    pub put_off: usize,
    /// What else a GET or a POST got, as method and status.
    pub failed: Vec<(Method, StatusCode)>,
    /// The longest that anybody waited for an answer.
    pub slowest: Duration,
}

impl Ledger {
    /// Notes an answer to `GET /` or `POST /ask`. An error is what must not be, whatever happens to
    /// the cluster: somebody else's page, or an answer as to a stranger.
    pub async fn note(
        &mut self,
        member: &Member,
        method: Method,
        answer: Response,
        took: Duration,
    ) -> Result<(), Failed> {
        self.slowest = self.slowest.max(took);
        let status = answer.status();
        let location = answer.headers().get(header::LOCATION).cloned();
        let retry_after = answer.headers().contains_key(header::RETRY_AFTER);
        let body = answer.text().await?;
        member.recognizes_name(&body)?;
        match status {
            StatusCode::OK if body.contains(&format!("Hello, {}<", member.name)) => {
                self.served += 1;
            }
            StatusCode::SEE_OTHER if location.as_ref().is_some_and(|to| to == "/") => {
                self.served += 1;
            }
            StatusCode::SERVICE_UNAVAILABLE if retry_after => self.put_off += 1,
            _ if status.is_server_error() => self.failed.push((method, status)),
            _ => {
                let name = &member.name;
                return Err(format!("{name} is unknown: {status} to {location:?}\n{body}").into());
            }
        }
        Ok(())
    }

    /// With another's.
    pub fn add(&mut self, other: Self) {
        self.served += other.served;
        self.put_off += other.put_off;
        self.failed.extend(other.failed);
        self.slowest = self.slowest.max(other.slowest);
    }

    /// How many requests with this method failed.
    pub fn failures(&self, method: &Method) -> usize {
        let failed = self.failed.iter();
        failed.filter(|(failed, _)| failed == method).count()
    }
}
