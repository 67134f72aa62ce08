//! How requests reach the provider. The only file that knows reqwest.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, Request, Response, StatusCode, header};

use crate::future::BoxFuture;

/// Sends the layer's own requests: metadata, keys, tokens.
///
/// Implementations must not follow redirects (a token endpoint never redirects), must bound time
/// and size, and must verify certificates.
pub trait HttpClient: Send + Sync + 'static {
    /// Sends one request and reads the whole answer.
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>>;
}

/// Why there is no usable answer from the provider.
#[derive(Debug)]
#[non_exhaustive]
pub enum HttpError {
    /// The connection failed or broke; the text says how.
    Unreachable(String),
    /// No answer in time.
    TimedOut,
    /// The answer is larger than the client reads (1 MiB).
    TooLarge,
    /// The provider is failing or throttling: 429 or 5xx.
    Unavailable {
        /// The status it answered with.
        status: StatusCode,
        /// What its `Retry-After` asks for, if it is given in seconds.
        retry_after: Option<Duration>,
        /// What the provider's support finds the request by (`x-ms-request-id`).
        request_id: Option<String>,
    },
}

impl HttpError {
    /// [`Unavailable`](Self::Unavailable) where an answer's status says so.
    pub(crate) fn check<B>(response: &Response<B>) -> Result<(), Self> {
        let status = response.status();
        if status != StatusCode::TOO_MANY_REQUESTS && !status.is_server_error() {
            return Ok(());
        }
        let seconds = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let retry_after = seconds
            .and_then(|text| text.parse().ok())
            .map(Duration::from_secs);
        Err(Self::Unavailable {
            status,
            retry_after,
            request_id: request_id(response.headers()).map(str::to_owned),
        })
    }
}

impl HttpError {
    /// When the provider wants to be asked again, an hour at most.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => retry_after.map(|wait| wait.min(LONGEST_WAIT)),
            _ => None,
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(reason) => write!(f, "the provider cannot be reached: {reason}"),
            Self::TimedOut => f.write_str("the provider did not answer in time"),
            Self::TooLarge => f.write_str("the provider's answer is larger than 1 MiB"),
            Self::Unavailable {
                status, request_id, ..
            } => {
                write!(f, "the provider answered {status}")?;
                match request_id {
                    Some(id) => write!(f, " (request id {id})"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for HttpError {}

/// The default client: reqwest with rustls, no redirects, 10 seconds, 1 MiB.
#[derive(Clone, Debug)]
pub(crate) struct ReqwestClient(reqwest::Client);

impl ReqwestClient {
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        Self::of(reqwest::Client::builder())
    }

    /// For endpoints of the machine itself, which no proxy knows.
    #[cfg(feature = "redis")]
    pub(crate) fn without_proxy() -> Result<Self, reqwest::Error> {
        Self::of(reqwest::Client::builder().no_proxy())
    }

    fn of(builder: reqwest::ClientBuilder) -> Result<Self, reqwest::Error> {
        let client = builder
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            .user_agent(concat!("tower-b2c/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self(client))
    }
}

impl HttpClient for ReqwestClient {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(|error| failure(&error))?;
            let mut answer = self
                .0
                .execute(request)
                .await
                .map_err(|error| failure(&error))?;
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await.map_err(|error| failure(&error))? {
                if body.len() + chunk.len() > LARGEST {
                    return Err(HttpError::TooLarge);
                }
                body.extend_from_slice(&chunk);
            }
            let mut response = Response::new(body);
            *response.status_mut() = answer.status();
            *response.headers_mut() = std::mem::take(answer.headers_mut());
            Ok(response)
        })
    }
}

/// The id under which Microsoft finds a request: a GUID, or something as harmless.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get("x-ms-request-id")?.to_str().ok()?;
    let plain = |c: u8| c.is_ascii_hexdigit() || c == b'-';
    (!id.is_empty() && id.len() <= 64 && id.bytes().all(plain)).then_some(id)
}

/// Keeps the chain of causes ("connection refused") and drops the URL, which may be long.
fn failure(error: &reqwest::Error) -> HttpError {
    if error.is_timeout() {
        return HttpError::TimedOut;
    }
    let mut source: &dyn std::error::Error = error;
    while let Some(cause) = source.source() {
        source = cause;
    }
    HttpError::Unreachable(source.to_string())
}

const LARGEST: usize = 1024 * 1024;
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
