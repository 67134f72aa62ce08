//! Answers probes.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Empty;
use serde_json::json;
use tower_service::Service;

use super::examination::{Examined, Limits};
use super::probe::Probe;
use super::report::{HealthReport, HealthStatus};
use crate::future::BoxFuture;
use crate::guard::BearerLayer;
use crate::layer::{B2cBody, B2cLayer, json_response};

/// Answers the probes of an orchestrator or a load balancer in JSON, for
/// [`B2cLayer::health`] and [`BearerLayer::health`].
///
/// A path that ends in `/live` or `/livez` is asked whether the process answers: always 200,
/// whatever is away, for a restart would not bring it back. Any other path, such as `/health/ready`, is
/// asked whether requests should come here: 200 for `ok` and `warn`, 503 for `fail`
/// ([`HealthReport::status`] says when). `GET` and `HEAD` are answered, nothing else.
///
/// Probes cost nearly nothing: what was seen serves everybody for two seconds who asks this service or a clone
/// of it, also one with [`details`](Self::details); one look at a time takes
/// a second at most, and a provider is asked every 30 seconds at most.
///
/// ```
/// # fn routes(layer: tower_b2c::B2cLayer) -> axum::Router {
/// # use axum::routing::get;
/// let health = layer.health();
/// axum::Router::new()
///     .route("/", get(|| async { "hello" }))
///     .layer(layer)
///     // Outside of the layer: nobody has to sign in, and no session is looked up.
///     .nest_service("/health", health)
/// # }
/// ```
///
/// [sessions.md]: https://docs.rs/crate/tower-b2c/latest/source/docs/sessions.md
///
#[doc = include_str!("../../docs/operating.md")]
#[derive(Clone, Debug)]
pub struct HealthService {
    probe: Arc<Probe>,
    with_details: bool,
}

impl B2cLayer {
    /// Whether requests can be served, for probes. Clones of the service share what they see.
    pub fn health(&self) -> HealthService {
        HealthService::of(Arc::new(self.clone()))
    }
}

impl BearerLayer {
    /// Whether access tokens can be verified, for probes. Clones of the service share what they see.
    pub fn health(&self) -> HealthService {
        HealthService::of(Arc::new(self.clone()))
    }
}

impl HealthService {
    fn of(layer: Arc<dyn Examined>) -> Self {
        Self {
            probe: Probe::new(layer, Limits::default()),
            with_details: false,
        }
    }

    /// Whether answers tell each thing that was looked at. Default: no, only the status, as strangers
    /// need not know how the app is built. There are addresses in the details, and no secrets: for a
    /// port or a path that only operators reach.
    pub fn details(mut self, with_details: bool) -> Self {
        self.with_details = with_details;
        self
    }

    /// For how long a provider that is away is as good as what was last known of it: users go on, and
    /// sign-ins work as soon as its endpoints do. From then on the provider counts as failed.
    /// Default: 24 hours.
    pub fn last_known_good(self, age: Duration) -> Self {
        let limits = Limits {
            last_known_good: age,
            ..self.probe.limits()
        };
        self.with(limits)
    }

    /// How many days before the end of a certificate or a client secret it is warned of. Default: 30.
    /// The end of a secret is known if `client_secret_expires` says it.
    pub fn warn_before_expiry(self, days: u16) -> Self {
        let limits = Limits {
            warn_days: days.into(),
            ..self.probe.limits()
        };
        self.with(limits)
    }

    /// How everything is, as a probe would hear it now.
    pub async fn report(&self) -> HealthReport {
        HealthReport::clone(&*self.probe.report().await)
    }

    fn with(self, limits: Limits) -> Self {
        Self {
            probe: Probe::new(Arc::clone(self.probe.layer()), limits),
            ..self
        }
    }
}

impl<B> Service<Request<B>> for HealthService {
    type Response = Response<B2cBody<Empty<Bytes>>>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (probe, with_details) = (Arc::clone(&self.probe), self.with_details);
        let is_asked_for = matches!(*request.method(), Method::GET | Method::HEAD);
        let path = request.uri().path().trim_end_matches('/');
        let is_about_life = matches!(path.rsplit('/').next(), Some("live" | "livez"));
        Box::pin(async move {
            let (status, body) = if !is_asked_for {
                let answer = method_not_allowed();
                return Ok(answer.map(B2cBody::own));
            } else if is_about_life {
                let alive = HealthStatus::Ok.as_str();
                (StatusCode::OK, json!({ "status": alive }))
            } else {
                let report = probe.report().await;
                let status = match report.status() {
                    HealthStatus::Ok | HealthStatus::Warn => StatusCode::OK,
                    HealthStatus::Fail => StatusCode::SERVICE_UNAVAILABLE,
                };
                (status, report.to_json(with_details))
            };
            let answer = json_response(status, "application/json", &body);
            Ok(answer.map(B2cBody::own))
        })
    }
}

fn method_not_allowed() -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    let allowed = HeaderValue::from_static("GET, HEAD");
    answer.headers_mut().insert(header::ALLOW, allowed);
    answer
}
