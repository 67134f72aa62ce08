//! Over real connections, HTTP/1.1 and HTTP/2, with the cookie headers of the wild.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use crate::support::World;

/// The app of this world on a port of its own, for as long as the test runs.
async fn served(world: &World) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = world.app.clone();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Sends bytes as they are, and returns what comes back until the connection is closed.
async fn http1(address: SocketAddr, request: &[u8]) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let read = connection.read_to_end(&mut answer);
    let read = tokio::time::timeout(Duration::from_secs(30), read).await;
    read.expect("the server closes the connection").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str, cookie: &[u8]) -> Vec<u8> {
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    [head.as_bytes(), b"cookie: ", cookie, b"\r\n\r\n"].concat()
}

async fn http2(address: SocketAddr, request: Request<()>) -> (Response<()>, Bytes) {
    let connection = TcpStream::connect(address).await.unwrap();
    let (client, connection) = h2::client::handshake(connection).await.unwrap();
    tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let (answer, _) = client.send_request(request, true).unwrap();
    let (parts, mut body) = answer.await.unwrap().into_parts();
    let mut all = Vec::new();
    while let Some(chunk) = body.data().await {
        all.extend_from_slice(&chunk.unwrap());
    }
    (Response::from_parts(parts, ()), all.into())
}

async fn signed_in(world: &World) -> String {
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let ticket = &visitor.cookies()["b2c-session-5000"];
    format!("b2c-session-5000={ticket}")
}

#[tokio::test]
async fn both_versions_of_http_carry_the_session_and_refuse_before_an_upgrade() {
    let world = World::new().await;
    let cookie = signed_in(&world).await;
    let address = served(&world).await;
    let page = http1(address, &get("/", cookie.as_bytes())).await;
    assert!(page.ends_with("Hello, Ada Lovelace"), "{page}");

    // HTTP/2 clients may send each cookie in a header of its own (RFC 9113 §8.2.3).
    let mut request = Request::get("http://localhost/").body(()).unwrap();
    for cookie in ["theme=dark", &cookie, "b2c-session-5001=another"] {
        let cookie = HeaderValue::from_str(cookie).unwrap();
        request.headers_mut().append(header::COOKIE, cookie);
    }
    let (answer, page) = http2(address, request).await;
    assert_eq!(answer.version(), http::Version::HTTP_2);
    assert_eq!(page, "Hello, Ada Lovelace");

    let handshake = b"GET /private HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, close\r\n\
        upgrade: websocket\r\nsec-websocket-version: 13\r\n\
        sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let answer = http1(address, handshake).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");

    let request =
        Request::post("http://localhost/private").header("content-type", "application/grpc");
    let (answer, body) = http2(address, request.body(()).unwrap()).await;
    assert_eq!(answer.headers()["grpc-status"], "16");
    assert!(body.is_empty());
}

#[tokio::test]
async fn cookie_headers_of_many_kilobytes_are_read_to_their_end() {
    let world = World::new().await;
    let cookie = signed_in(&world).await;
    let address = served(&world).await;
    for size in [8 * 1024, 64 * 1024] {
        let line = format!("junk={}; {cookie}; more=x", "j".repeat(size));
        let page = http1(address, &get("/", line.as_bytes())).await;
        assert!(page.ends_with("Hello, Ada Lovelace"), "{size}: {page:.300}");
    }
    let many: String = (0..1000)
        .flat_map(|number| [format!("c{number}=v"), "; ".to_owned()])
        .collect();
    let page = http1(address, &get("/", format!("{many}{cookie}").as_bytes())).await;
    assert!(page.ends_with("Hello, Ada Lovelace"), "{page:.300}");
}

#[tokio::test]
async fn a_hundred_cookies_of_one_name_do_not_hide_the_session() {
    let world = World::new().await;
    let cookie = signed_in(&world).await;
    let address = served(&world).await;
    let junk = "b2c-session-5000=junk; ".repeat(50);
    let line = format!("{junk}{cookie}; {junk}");
    let page = http1(address, &get("/", line.as_bytes())).await;
    assert!(page.ends_with("Hello, Ada Lovelace"), "{page:.300}");
    // A hundred that have the form of a ticket and open nothing: nobody, and no fault.
    let dead = format!("b2c-session-5000={}; ", "A".repeat(64)).repeat(100);
    let page = http1(address, &get("/", dead.as_bytes())).await;
    assert!(page.ends_with("Hello, stranger"), "{page:.300}");
}

#[tokio::test]
async fn bytes_that_are_no_text_spoil_nobody_elses_cookie() {
    let world = World::new().await;
    let cookie = signed_in(&world).await;
    let address = served(&world).await;
    let line = [b"lang=\xe9\xff; \xfe=1; ", cookie.as_bytes(), b"; x=\x80"].concat();
    let page = http1(address, &get("/", &line)).await;
    assert!(page.ends_with("Hello, Ada Lovelace"), "{page}");

    let mut request = Request::get("http://localhost/").body(()).unwrap();
    for cookie in [&b"lang=\xe9\xff"[..], cookie.as_bytes()] {
        let cookie = HeaderValue::from_bytes(cookie).unwrap();
        request.headers_mut().append(header::COOKIE, cookie);
    }
    assert_eq!(http2(address, request).await.1, "Hello, Ada Lovelace");

    let spoilt = [cookie.as_bytes(), b"\xe9"].concat();
    let page = http1(address, &get("/", &spoilt)).await;
    assert!(page.ends_with("Hello, stranger"), "{page}");
}

#[tokio::test]
async fn junk_in_the_place_of_pending_sign_ins_does_not_swell_the_answer() {
    let world = World::new().await;
    let many: Vec<_> = (0..100)
        .map(|number| format!("b2c-tx-5000-{number}=junk"))
        .collect();
    for junk in [many.join("; "), "b2c-tx-5000-one=junk; ".repeat(100)] {
        let request = Request::get("/login").header("cookie", junk);
        let answer = world
            .app
            .clone()
            .oneshot(request.body(Body::empty()).unwrap());
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
        let size: usize = cookies.map(HeaderValue::len).sum();
        assert!(size < 3000, "{size} bytes of cookies");
        answer.into_body().collect().await.unwrap();
    }
}
