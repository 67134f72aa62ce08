//! A client between the layer and the provider that sees each request, and gives answers the headers
//! of Microsoft's.

use std::sync::{Arc, Mutex};

use http::{HeaderMap, Request, Response, StatusCode};
use tower_b2c::{BoxFuture, HttpClient, HttpError};

/// Sees requests; may answer token requests itself.
#[derive(Clone, Default)]
pub struct Witness {
    http: reqwest::Client,
    seen: Arc<Mutex<Vec<(String, HeaderMap)>>>,
    refusal: Arc<Mutex<Option<(StatusCode, String)>>>,
}

impl Witness {
    /// What every answer says in `x-ms-request-id`.
    pub const REQUEST_ID: &str = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

    /// The last parts of the paths that were asked for with this header, each with its value.
    pub fn seen_with(&self, header: &str) -> Vec<(String, String)> {
        let mut seen = self.seen.lock().unwrap();
        let with = std::mem::take(&mut *seen).into_iter();
        let with = with.filter_map(|(path, headers)| {
            let value = headers.get(header)?.to_str().ok()?;
            Some((path, value.to_owned()))
        });
        with.collect()
    }

    /// From now on the token endpoint answers this.
    pub fn refuses(&self, status: StatusCode, body: &str) {
        *self.refusal.lock().unwrap() = Some((status, body.to_owned()));
    }
}

impl HttpClient for Witness {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            let last = path.rsplit('/').next().unwrap_or_default().to_owned();
            let seen = (last, request.headers().clone());
            self.seen.lock().unwrap().push(seen);
            let refusal = self.refusal.lock().unwrap().clone();
            let response = Response::builder().header("x-ms-request-id", Self::REQUEST_ID);
            if let Some((status, body)) = refusal.filter(|_| path.ends_with("/token")) {
                return Ok(response.status(status).body(body.into_bytes()).unwrap());
            }
            let request = reqwest::Request::try_from(request).unwrap();
            let answer = self.http.execute(request).await;
            let answer = answer.map_err(|error| HttpError::Unreachable(error.to_string()))?;
            let response = response.status(answer.status());
            let body = answer.bytes().await.unwrap().to_vec();
            Ok(response.body(body).unwrap())
        })
    }
}
