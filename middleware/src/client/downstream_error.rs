//! Why an API gave no answer that can be used.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Response, StatusCode, header};

use super::error::CallError;
use super::problem_details::ProblemDetails;
use crate::challenge::Challenge;
use crate::guard::BearerChallenge;
use crate::http_client::HttpError;
use crate::tokens::TokenError;

/// Why a call to a downstream API failed. None of it repeats a token or the API's text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DownstreamError {
    /// The configuration has no `[[downstream]]` of this name.
    Unknown {
        /// The name that was asked for.
        name: String,
    },
    /// The path is none, or leads out of the API's `base_url`. Nothing was sent.
    Path {
        /// The API's name.
        api: String,
    },
    /// There is no token for it, or none that it is content with.
    Token(TokenError),
    /// It could not be reached, was too slow or said too much (more than 1 MiB).
    Unavailable {
        /// The API's name.
        api: String,
        /// What happened.
        reason: Arc<HttpError>,
    },
    /// It answered with another status than success; a redirect is one of them.
    Refused(Box<ApiRefusal>),
    /// What was to be sent is no JSON, or what came back is not of the expected form.
    Json {
        /// The API's name.
        api: String,
        /// What does not fit, and where.
        reason: Arc<serde_json::Error>,
    },
}

/// An API's answer other than success.
#[derive(Clone, Debug)]
pub struct ApiRefusal {
    api: String,
    status: StatusCode,
    problem: Option<ProblemDetails>,
    correlation_id: Option<String>,
    retry_after: Option<Duration>,
}

impl ApiRefusal {
    pub(super) fn of(api: &str, response: &Response<Vec<u8>>) -> Self {
        let headers = response.headers();
        let kind = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        let is_problem = essence.eq_ignore_ascii_case("application/problem+json");
        let problem = is_problem.then(|| serde_json::from_slice(response.body()).ok());
        let seconds =
            text(headers, header::RETRY_AFTER.as_str()).and_then(|text| text.parse().ok());
        let mut ids = CORRELATION.iter().filter_map(|name| text(headers, name));
        Self {
            api: api.to_owned(),
            status: response.status(),
            problem: problem.flatten(),
            correlation_id: ids.find(|id| id.len() <= LONGEST_ID).map(str::to_owned),
            retry_after: seconds.map(Duration::from_secs),
        }
    }

    /// The API's name in the configuration.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// The status it answered with.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What it says of the problem, if it speaks RFC 9457.
    pub fn problem(&self) -> Option<&ProblemDetails> {
        self.problem.as_ref()
    }

    /// What its operator finds the request by: `request-id`, `x-ms-request-id`, `x-request-id` or
    /// `x-correlation-id`.
    pub fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }

    /// When it wants to be asked again, if it is given in seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl DownstreamError {
    pub(super) fn of_call(api: &str, error: CallError) -> Self {
        match error {
            CallError::Token(error) => Self::Token(error),
            CallError::NoUser => Self::Token(TokenError::SignInRequired {
                scopes: Vec::new(),
                claims: None,
            }),
            CallError::NoBearer => Self::Token(TokenError::CallerMustSignIn { claims: None }),
            CallError::NotListed { .. } => Self::Path {
                api: api.to_owned(),
            },
            CallError::Client(error) => Self::Unavailable {
                api: api.to_owned(),
                reason: Arc::new(match error.downcast() {
                    Ok(error) => *error,
                    Err(other) => HttpError::Unreachable(other.to_string()),
                }),
            },
        }
    }

    pub(super) fn json(api: &str, error: serde_json::Error) -> Self {
        Self::Json {
            api: api.to_owned(),
            reason: Arc::new(error),
        }
    }

    /// The challenge to put into a response, where it helps that the user signs in.
    pub fn challenge(&self) -> Option<Challenge> {
        match self {
            Self::Token(error) => error.challenge(),
            _ => None,
        }
    }

    /// The challenge for a caller with an access token, where another one of its helps.
    pub fn bearer_challenge(&self) -> Option<BearerChallenge> {
        match self {
            Self::Token(error) => error.bearer_challenge(),
            _ => None,
        }
    }
}

impl fmt::Display for DownstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name } => {
                write!(f, "there is no [[downstream]] with name = {name:?}")
            }
            Self::Path { api } => write!(
                f,
                "a request was not sent: its path does not lie within downstream {api:?}"
            ),
            Self::Token(error) => error.fmt(f),
            Self::Unavailable { api, reason } => match &**reason {
                HttpError::TimedOut => write!(f, "the API {api:?} did not answer in time"),
                HttpError::TooLarge => write!(f, "the API {api:?} answered more than 1 MiB"),
                _ => write!(f, "the API {api:?} cannot be reached"),
            },
            Self::Refused(refusal) => {
                write!(f, "the API {:?} answered {}", refusal.api, refusal.status)?;
                match &refusal.correlation_id {
                    Some(id) => write!(f, " (its request id is {id})"),
                    None => Ok(()),
                }
            }
            Self::Json { api, reason } => {
                // Its own text may repeat what the API sent.
                let at = (reason.line(), reason.column());
                write!(
                    f,
                    "what the API {api:?} was sent, or answered, is not of the expected form (line {}, column {})",
                    at.0, at.1
                )
            }
        }
    }
}

impl std::error::Error for DownstreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Token(error) => Some(error),
            Self::Unavailable { reason, .. } => Some(&**reason),
            Self::Json { reason, .. } => Some(&**reason),
            _ => None,
        }
    }
}

/// A header's value, if it is printable.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

const CORRELATION: [&str; 4] = [
    "request-id",
    "x-ms-request-id",
    "x-request-id",
    "x-correlation-id",
];
const LONGEST_ID: usize = 128;
