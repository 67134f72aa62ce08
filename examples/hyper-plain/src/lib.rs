//! A server of hyper's, without a framework, whose users sign in.

pub mod stop;

use std::convert::Infallible;
use std::pin::pin;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{ServiceBuilder, ServiceExt as _, service_fn};
use tower_b2c::{B2cLayer, Challenge, HealthService, Session};

/// Answers connections, of HTTP/1.1 and HTTP/2, until the listener fails or `stop` resolves. Then nobody is
/// taken in any more, what has begun is finished, and so is what runs behind the requests.
///
/// # Errors
///
/// When the listener does.
pub async fn serve(
    listener: TcpListener,
    layer: B2cLayer,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let health = layer.health();
    let pages = service_fn(move |request| answer(request, health.clone()));
    let service = ServiceBuilder::new().layer(layer.clone()).service(pages);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted?.0,
            () = &mut stop => break,
        };
        let service = TowerToHyperService::new(service.clone());
        let server = Builder::new(TokioExecutor::new());
        let connection = server.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let connection = connections.watch(connection.into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended badly");
            }
        });
    }
    // First, so that no probe is told that this instance is ready while it takes nobody in.
    layer.begin_shutdown();
    drop(listener);
    let finished = tokio::time::timeout(stop::LONGEST_REQUEST, connections.shutdown());
    if finished.await.is_err() {
        tracing::warn!("requests that take longer are cut off");
    }
    if !layer.finish(stop::LONGEST_WRITES).await {
        tracing::warn!("the session store was not told of everything");
    }
    Ok(())
}

async fn answer(
    request: Request<Incoming>,
    health: HealthService,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path().starts_with("/health/") {
        let (parts, body) = health.oneshot(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        return Ok(Response::from_parts(parts, Full::new(body)));
    }
    let session = request.extensions().get::<Session>();
    Ok(match (request.uri().path(), session) {
        ("/", None) => html("<!doctype html><title>Welcome</title><a href=/login>Sign in</a>"),
        ("/", Some(_)) => html("<!doctype html><title>Hello</title><a href=/private>Go on</a>"),
        ("/private", Some(session)) => {
            let name = session.claims().name().unwrap_or("you");
            Response::new(format!("Hello, {name}").into())
        }
        ("/private", None) => {
            let mut response = Response::default();
            // The layer makes a redirect of it.
            response.extensions_mut().insert(Challenge::sign_in());
            response
        }
        _ => {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    })
}

fn html(page: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(page.into());
    let kind = http::HeaderValue::from_static("text/html; charset=utf-8");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, kind);
    response
}
