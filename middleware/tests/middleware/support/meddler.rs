//! A client between the layer and the provider, that a test can make meddle with the answers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response};
use tower_b2c::{BoxFuture, HttpClient, HttpError};

/// What to do to the JSON of a token response to this form.
type Change = dyn Fn(&str, &mut serde_json::Value) + Send + Sync;

/// What to do to a discovery document.
type MetadataChange = dyn Fn(&mut serde_json::Value) + Send + Sync;

/// Counts token requests, delays their failure, changes their answers.
#[derive(Clone)]
pub struct Meddler {
    http: reqwest::Client,
    change: Arc<Change>,
    metadata: Arc<MetadataChange>,
    forms: Arc<Mutex<Vec<String>>>,
    failures: Arc<AtomicUsize>,
    milliseconds_to_failure: Arc<AtomicUsize>,
}

impl Meddler {
    pub fn new(change: impl Fn(&str, &mut serde_json::Value) + Send + Sync + 'static) -> Self {
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            http: builder.build().unwrap(),
            change: Arc::new(change),
            metadata: Arc::new(|_| {}),
            forms: Arc::default(),
            failures: Arc::default(),
            milliseconds_to_failure: Arc::default(),
        }
    }

    /// Changes discovery documents, too.
    pub fn changes_metadata(
        mut self,
        change: impl Fn(&mut serde_json::Value) + Send + Sync + 'static,
    ) -> Self {
        self.metadata = Arc::new(change);
        self
    }

    /// How many token requests there were.
    pub fn requests(&self) -> usize {
        self.forms.lock().unwrap().len()
    }

    /// How many of them have failed.
    pub fn failures(&self) -> usize {
        self.failures.load(Ordering::SeqCst)
    }

    /// The token requests, as they were sent.
    pub fn forms(&self) -> Vec<String> {
        self.forms.lock().unwrap().clone()
    }

    /// From now on token requests fail after this time.
    pub fn fails_after(&self, time: Duration) {
        let milliseconds = usize::try_from(time.as_millis()).unwrap();
        self.milliseconds_to_failure
            .store(milliseconds, Ordering::SeqCst);
    }
}

impl HttpClient for Meddler {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        Box::pin(async move {
            let is_metadata = request.uri().path().ends_with("/openid-configuration");
            let is_token = request.uri().path().ends_with("/token");
            let form = String::from_utf8_lossy(request.body()).into_owned();
            if is_token {
                self.forms.lock().unwrap().push(form.clone());
                let wait = self.milliseconds_to_failure.load(Ordering::SeqCst);
                if wait > 0 {
                    tokio::time::sleep(Duration::from_millis(wait as u64)).await;
                    self.failures.fetch_add(1, Ordering::SeqCst);
                    return Err(HttpError::TimedOut);
                }
            }
            let request = reqwest::Request::try_from(request).unwrap();
            let answer = self.http.execute(request).await;
            let answer = answer.map_err(|error| HttpError::Unreachable(error.to_string()))?;
            let status = answer.status();
            let mut body = answer.bytes().await.unwrap().to_vec();
            let mut response = Response::builder().header("content-type", "application/json");
            response = response.status(status);
            if is_metadata {
                let mut json = serde_json::from_slice(&body).unwrap();
                (self.metadata)(&mut json);
                body = serde_json::to_vec(&json).unwrap();
            }
            if is_token {
                let mut json = serde_json::from_slice(&body).unwrap();
                (self.change)(&form, &mut json);
                body = serde_json::to_vec(&json).unwrap();
                if json.get("error").is_some() {
                    response = response.status(400);
                }
            }
            Ok(response.body(body).unwrap())
        })
    }
}
