//! Nobody's stream outlives their session.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::routing::{any, get};
use axum::{Extension, Router};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body::{Body as HttpBody, Frame};
use http_body_util::BodyExt as _;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;
use tower_b2c::Session;

use crate::callers::details;
use crate::support::{Shared, Visitor, World};

/// A body that says one thing and then has no end.
struct Endless(Option<&'static str>);

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.0.take() {
            Some(text) => Poll::Ready(Some(Ok(Frame::data(text.into())))),
            None => Poll::Pending,
        }
    }
}

fn endless(content_type: &'static str, headers: HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::new(Endless(Some("first"))));
    *response.headers_mut() = headers;
    let kind = content_type.parse().unwrap();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// A call that is never answered; a permit tells that it has arrived.
async fn upload(Extension(arrived): Extension<Arc<Semaphore>>) -> &'static str {
    arrived.add_permits(1);
    std::future::pending().await
}

fn streams() -> Router {
    let download = || {
        let length = (header::CONTENT_LENGTH, "1000000".parse().unwrap());
        endless("application/x-ndjson", HeaderMap::from_iter([length]))
    };
    Router::new()
        .route(
            "/events",
            get(|| async { endless("text/event-stream", HeaderMap::new()) }),
        )
        .route(
            "/grpc",
            get(|| async { endless("application/grpc+proto", HeaderMap::new()) }),
        )
        .route(
            "/grpc-web",
            get(|| async { endless("application/grpc-web+proto", HeaderMap::new()) }),
        )
        .route("/upload", any(upload))
        .route("/download", get(move || async move { download() }))
        .route(
            "/socket",
            get(|session: Session| async move {
                session.ended().await;
                "the connection is closed"
            }),
        )
}

async fn world() -> World {
    let store = Shared::default();
    World::with()
        .routes(streams())
        .config(|file| file.set("session.revalidate_seconds", 1))
        .parts(move |builder| builder.store(store.clone()))
        .build()
        .await
}

/// A request on the visitor's behalf whose answer is not read.
fn request(visitor: &mut Visitor<'_>, path: &str) -> Request<Body> {
    let cookies = visitor.cookies();
    let cookie = format!("b2c-session-5000={}", cookies["b2c-session-5000"]);
    let request = Request::get(path).header(header::COOKIE, cookie);
    request.body(Body::empty()).unwrap()
}

async fn opens_stream(world: &World, visitor: &mut Visitor<'_>, path: &str) -> Body {
    let request = request(visitor, path);
    let response = world.app.clone().oneshot(request).await.unwrap();
    let mut body = response.into_body();
    let first = body.frame().await.unwrap().unwrap();
    assert_eq!(first.into_data().unwrap(), "first");
    body
}

/// Reads to the end, which must come within a few revalidations.
async fn rest(body: Body) -> (Bytes, Option<HeaderMap>) {
    let rest = tokio::time::timeout(Duration::from_secs(30), body.collect()).await;
    let rest = rest.expect("the stream ends").unwrap();
    let trailers = rest.trailers().cloned();
    (rest.to_bytes(), trailers)
}

#[tokio::test]
async fn streams_end_with_the_sign_out() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let events = opens_stream(&world, &mut visitor, "/events").await;
    let grpc = opens_stream(&world, &mut visitor, "/grpc").await;
    let grpc_web = opens_stream(&world, &mut visitor, "/grpc-web").await;
    let mut download = opens_stream(&world, &mut visitor, "/download").await;
    let socket = world.app.clone().oneshot(request(&mut visitor, "/socket"));
    let mut socket = tokio::spawn(socket);
    let early = tokio::time::timeout(Duration::from_secs(2), &mut socket).await;
    assert!(early.is_err(), "nothing ends while the session lives");

    visitor.signs_out().await;
    let at_once = tokio::time::timeout(Duration::from_secs(10), socket).await;
    assert_eq!(
        at_once.unwrap().unwrap().unwrap().status(),
        StatusCode::OK,
        "an upgraded connection's handler is told at once"
    );
    assert_eq!(rest(events).await, (Bytes::new(), None));
    let (data, trailers) = rest(grpc).await;
    assert!(data.is_empty());
    let trailers = trailers.expect("gRPC ends with trailers");
    assert_eq!(trailers["grpc-status"], "16");
    assert!(details(&trailers).contains("SESSION_ENDED"));
    let (data, trailers) = rest(grpc_web).await;
    assert!(trailers.is_none() && data[0] == 0x80);
    let length = u32::from_be_bytes(data[1..5].try_into().unwrap());
    assert_eq!(data.len() - 5, length as usize);
    assert!(String::from_utf8_lossy(&data[5..]).contains("grpc-status:16\r\n"));

    let still = tokio::time::timeout(Duration::from_secs(2), download.frame()).await;
    assert!(still.is_err(), "a download that was begun is finished");
}

#[tokio::test]
async fn a_grpc_call_that_is_not_answered_yet_ends_with_the_sign_out() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let arrived = Arc::new(Semaphore::new(0));
    let call = |visitor: &mut Visitor<'_>, kind: &'static str| {
        let mut call = request(visitor, "/upload");
        *call.method_mut() = Method::POST;
        let kind = kind.parse().unwrap();
        call.headers_mut().insert(header::CONTENT_TYPE, kind);
        call.extensions_mut().insert(Arc::clone(&arrived));
        tokio::spawn(world.app.clone().oneshot(call))
    };
    let grpc = call(&mut visitor, "application/grpc");
    let mut form = call(&mut visitor, "text/csv");
    let both = tokio::time::timeout(Duration::from_secs(10), arrived.acquire_many(2)).await;
    drop(both.expect("both arrive").unwrap());
    assert!(!grpc.is_finished());
    visitor.signs_out().await;
    let answer = tokio::time::timeout(Duration::from_secs(10), grpc).await;
    let answer = answer.expect("the call ends").unwrap().unwrap();
    assert_eq!(answer.headers()["grpc-status"], "16");
    assert!(details(answer.headers()).contains("SESSION_ENDED"));
    let late = tokio::time::timeout(Duration::from_millis(500), &mut form).await;
    assert!(late.is_err(), "an ordinary request is let finish");
}

#[tokio::test]
async fn streams_end_with_a_sign_out_on_another_instance() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let events = opens_stream(&world, &mut visitor, "/events").await;
    let mut sign_out = request(&mut visitor, "/logout");
    *sign_out.method_mut() = Method::POST;
    let answer = world.second.clone().oneshot(sign_out).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    rest(events).await;
    // What the guardian of the stream found out, the next request knows.
    assert_eq!(visitor.opens("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn streams_end_when_the_session_expires_and_do_not_keep_it_alive() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let mut events = opens_stream(&world, &mut visitor, "/events").await;
    world.wait(Duration::from_secs(59 * 60));
    let early = tokio::time::timeout(Duration::from_millis(2500), events.frame()).await;
    assert!(early.is_err(), "the session has a minute left");
    visitor.opens("/").await;
    world.wait(Duration::from_secs(59 * 60));
    let early = tokio::time::timeout(Duration::from_millis(2500), events.frame()).await;
    assert!(early.is_err(), "a request prolonged it");
    world.wait(Duration::from_secs(2 * 60));
    assert_eq!(rest(events).await, (Bytes::new(), None));
}
