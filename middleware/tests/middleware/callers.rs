//! Everybody is answered in their own language, and nobody's stream outlives their session.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{any, get};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body::{Body as HttpBody, Frame};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use tower_b2c::Session;

use crate::support::{Shared, Visitor, World};

type Headers<'a> = &'a [(&'a str, &'a str)];

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
const NAVIGATE: (&str, &str) = ("sec-fetch-mode", "navigate");

#[tokio::test]
async fn only_a_navigation_is_sent_to_the_sign_in_page() {
    let world = World::new().await;
    let problem = (StatusCode::UNAUTHORIZED, "application/problem+json");
    let page = (StatusCode::UNAUTHORIZED, "text/html; charset=utf-8");
    let cases: [(Method, Headers<'_>, _); 12] = [
        (Method::GET, &[HTML], (StatusCode::SEE_OTHER, "")),
        (Method::GET, &[HTML, NAVIGATE], (StatusCode::SEE_OTHER, "")),
        (Method::POST, &[HTML, NAVIGATE], page),
        (
            Method::GET,
            &[HTML, NAVIGATE, ("sec-fetch-dest", "iframe")],
            page,
        ),
        (
            Method::GET,
            &[HTML, NAVIGATE, ("sec-purpose", "prefetch;prerender")],
            problem,
        ),
        (Method::GET, &[HTML, ("sec-fetch-mode", "cors")], problem),
        (Method::GET, &[HTML, ("sec-fetch-mode", "no-cors")], problem),
        (
            Method::GET,
            &[HTML, ("x-requested-with", "XMLHttpRequest")],
            problem,
        ),
        (
            Method::GET,
            &[("accept", "application/json, text/plain, */*")],
            problem,
        ),
        (Method::GET, &[], problem),
        (
            Method::GET,
            &[
                ("connection", "upgrade"),
                ("upgrade", "websocket"),
                ("sec-websocket-version", "13"),
            ],
            problem,
        ),
        (
            Method::GET,
            &[("accept", "text/event-stream"), ("sec-fetch-mode", "cors")],
            problem,
        ),
    ];
    for (method, headers, (status, kind)) in cases {
        let answer = world
            .visitor()
            .sends_with(method, "/private", headers)
            .await;
        assert_eq!(answer.status, status, "{headers:?}");
        let found = answer.headers.get(header::CONTENT_TYPE);
        assert_eq!(
            found.map_or("", |kind| kind.to_str().unwrap()),
            kind,
            "{headers:?}"
        );
        assert_eq!(answer.headers["cache-control"], "no-store");
        let begun = answer.headers.contains_key(header::SET_COOKIE);
        assert_eq!(begun, status == StatusCode::SEE_OTHER, "{headers:?}");
    }
}

#[tokio::test]
async fn a_script_learns_where_to_sign_in() {
    let world = World::new().await;
    let visitor = world.visitor();
    let answer = visitor.sends_with(Method::GET, "/private", &[]).await;
    let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["reason"], "sign_in_required");
    let sign_in = problem["sign_in"].as_str().unwrap();
    assert_eq!(sign_in, "http://localhost:5000/login");
    let page = world.visitor().signs_in(sign_in).await;
    assert_eq!(page.body, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn a_frame_shows_a_link_that_leads_out_of_it() {
    let world = World::new().await;
    let headers = [
        HTML,
        NAVIGATE,
        ("sec-fetch-dest", "iframe"),
        ("referer", "http://localhost:5000/dashboard?tab=2"),
    ];
    let visitor = world.visitor();
    let page = visitor.sends_with(Method::GET, "/private", &headers).await;
    let back = "target=\"_top\" href=\"/login?return_to=%2Fdashboard%3Ftab%3D2\"";
    assert!(page.body.contains(back), "{}", page.body);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
}

#[tokio::test]
async fn a_guess_of_the_browser_begins_nothing() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    for path in ["/login", "/edit-profile", "/logout", "/getAToken?state=s"] {
        let prefetch = [HTML, NAVIGATE, ("sec-purpose", "prefetch")];
        let answer = visitor.sends_with(Method::GET, path, &prefetch).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "{path}");
    }
}

#[tokio::test]
async fn grpc_clients_get_a_status_with_details() {
    let world = World::new().await;
    let kinds = [
        ("application/grpc", "application/grpc"),
        ("application/grpc+proto", "application/grpc"),
        ("application/grpc-web+proto", "application/grpc-web+proto"),
        (
            "application/grpc-web-text",
            "application/grpc-web-text+proto",
        ),
    ];
    for (asked, answered) in kinds {
        let headers = [("content-type", asked)];
        let visitor = world.visitor();
        let answer = visitor.sends_with(Method::POST, "/private", &headers).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["content-type"], answered);
        assert_eq!(answer.headers["grpc-status"], "16");
        let details = details(&answer.headers);
        for part in [
            "type.googleapis.com/google.rpc.ErrorInfo",
            "SIGN_IN_REQUIRED",
            "sign_in",
            "http://localhost:5000/login",
        ] {
            assert!(details.contains(part), "{part} in {details:?}");
        }
        assert!(!details.contains("demo.read"), "no scope was asked for");
    }
}

#[tokio::test]
async fn grpc_clients_are_told_apart_who_may_not_and_who_is_not_signed_in() {
    let world = World::new().await;
    let headers = [
        ("content-type", "application/grpc"),
        ("origin", "https://evil.example"),
    ];
    let visitor = world.visitor();
    let answer = visitor.sends_with(Method::POST, "/logout", &headers).await;
    assert_eq!(answer.headers["grpc-status"], "7");
    assert!(details(&answer.headers).contains("CROSS_SITE"));
}

/// The readable parts of `grpc-status-details-bin`.
fn details(headers: &HeaderMap) -> String {
    let bytes = STANDARD_NO_PAD
        .decode(&headers["grpc-status-details-bin"])
        .unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

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
        .route("/upload", any(std::future::pending::<&str>))
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
    let rest = tokio::time::timeout(Duration::from_secs(8), body.collect()).await;
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
    let at_once = tokio::time::timeout(Duration::from_millis(300), socket).await;
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
    let call = |visitor: &mut Visitor<'_>, kind: &'static str| {
        let mut call = request(visitor, "/upload");
        *call.method_mut() = Method::POST;
        let kind = kind.parse().unwrap();
        call.headers_mut().insert(header::CONTENT_TYPE, kind);
        tokio::spawn(world.app.clone().oneshot(call))
    };
    let grpc = call(&mut visitor, "application/grpc");
    let mut form = call(&mut visitor, "text/csv");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(!grpc.is_finished());
    visitor.signs_out().await;
    let answer = tokio::time::timeout(Duration::from_secs(2), grpc).await;
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
