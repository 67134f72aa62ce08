//! The layer's own HTTP client as a tower service.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::refused::Refused;
use crate::config::Downstream;
use crate::future::BoxFuture;
use crate::http_client::{HttpClient, HttpError};
use crate::metrics::api_known;

/// What APIs are called with.
pub(crate) struct Calls {
    pub(super) apis: Vec<Downstream>,
    pub(super) http: Arc<dyn HttpClient>,
    pub(super) refused: Refused,
}

impl Calls {
    pub(crate) fn new(apis: &[Downstream], http: &Arc<dyn HttpClient>) -> Self {
        for api in apis {
            api_known(api.name());
        }
        Self {
            apis: apis.to_vec(),
            http: Arc::clone(http),
            refused: Refused::default(),
        }
    }

    /// The configured APIs.
    pub(crate) fn apis(&self) -> &[Downstream] {
        &self.apis
    }
}

/// It does not follow redirects, and bounds time and size.
#[derive(Clone)]
pub(super) struct Transport(pub(super) Arc<dyn HttpClient>);

impl Service<Request<Vec<u8>>> for Transport {
    type Response = Response<Vec<u8>>;
    type Error = HttpError;
    type Future = BoxFuture<'static, Result<Response<Vec<u8>>, HttpError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), HttpError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Vec<u8>>) -> Self::Future {
        let http = Arc::clone(&self.0);
        Box::pin(async move { http.send(request).await })
    }
}
