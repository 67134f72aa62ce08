//! The layer's own requests to the provider, sent and listened to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method, Request, Response, header};
use tower_b2c::{BoxFuture, HttpClient, HttpError};

/// Sends requests as the layer does by itself, and remembers what doctor wants to know.
#[derive(Clone)]
pub(super) struct Wire {
    client: reqwest::Client,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    /// How far the provider's clock was ahead of this one, in seconds.
    skew: Option<i64>,
    /// The body of the last answer to a POST.
    posted: Option<Vec<u8>>,
}

impl Wire {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            .user_agent(concat!("cargo-b2c-init/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            client,
            heard: Arc::default(),
        })
    }

    /// Forgets what it heard, before another provider is asked.
    pub(super) fn forget(&self) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Heard::default();
    }

    /// By how many seconds the provider's clock was ahead of this one; by no more than that.
    pub(super) fn skew(&self) -> Option<i64> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .skew
    }

    /// The answer to the last POST, taken away.
    pub(super) fn take_posted(&self) -> Option<Vec<u8>> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.posted.take()
    }

    async fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
        let method = request.method().clone();
        let request = reqwest::Request::try_from(request).map_err(|error| failure(&error))?;
        let mut answer = self
            .client
            .execute(request)
            .await
            .map_err(|error| failure(&error))?;
        let skew = skew(answer.headers());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + chunk.len() > LARGEST {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.skew = skew.or(heard.skew);
        if method == Method::POST {
            heard.posted = Some(body.clone());
        }
        drop(heard);
        let mut response = Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

impl HttpClient for Wire {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        Box::pin(self.exchange(request))
    }
}

/// `Date` (RFC 9110 §6.6.1) against this clock.
fn skew(headers: &HeaderMap) -> Option<i64> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    let seconds = |time: SystemTime| {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok()
    };
    let theirs = seconds(httpdate::parse_http_date(date).ok()?)?;
    Some(theirs - seconds(SystemTime::now())?)
}

/// The deepest cause ("connection refused"), without the URL.
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

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::skew;

    #[test]
    fn the_clocks_are_compared_by_the_date_of_an_answer() {
        let with = |date: &'static str| {
            let value = HeaderValue::from_static(date);
            skew(&HeaderMap::from_iter([(header::DATE, value)]))
        };
        assert!(with("Sun, 06 Nov 1994 08:49:37 GMT").is_some_and(|skew| skew < -60));
        assert_eq!(with("yesterday"), None);
        assert_eq!(skew(&HeaderMap::new()), None);
    }
}
