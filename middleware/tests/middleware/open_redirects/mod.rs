//! Nothing that anybody can write into a link or a header leads away from the app (RFC 9700 §4.11).

mod choice;
mod request;
mod return_path;
mod sign_out;

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use tower::ServiceExt as _;
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::support::{APP, World};

/// The corpus, with the control characters that a line cannot hold.
fn corpus() -> Vec<String> {
    let lines = include_str!("../corpus/open_redirects.txt").split('\n');
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let names = [
        ("{NUL}", "\0"),
        ("{SOH}", "\u{1}"),
        ("{BS}", "\u{8}"),
        ("{TAB}", "\t"),
        ("{LF}", "\n"),
        ("{VT}", "\u{b}"),
        ("{FF}", "\u{c}"),
        ("{CR}", "\r"),
        ("{ESC}", "\u{1b}"),
        ("{DEL}", "\u{7f}"),
        ("{SP}", " "),
    ];
    let entry = |line: &str| {
        let replaced = |text: String, (name, sign): &(&str, &str)| text.replace(name, sign);
        names.iter().fold(line.to_owned(), replaced)
    };
    let entries: Vec<_> = lines.map(entry).collect();
    assert!(entries.len() >= 500, "{} entries", entries.len());
    entries
}

/// The ways in which a query can carry a value: encoded, encoded twice, as it is.
fn queries(name: &str, entry: &str) -> Vec<String> {
    let once: String = byte_serialize(entry.as_bytes()).collect();
    let twice: String = byte_serialize(once.as_bytes()).collect();
    let written = [once, twice, entry.to_owned()];
    written.map(|value| format!("{name}={value}")).to_vec()
}

/// A request without a body; `None` if no server would take it.
fn request(method: Method, uri: &str, headers: &HeaderMap) -> Option<Request<Body>> {
    let uri: Uri = uri.parse().ok()?;
    let mut request = Request::new(Body::empty());
    (*request.method_mut(), *request.uri_mut()) = (method, uri);
    *request.headers_mut() = headers.clone();
    let html = HeaderValue::from_static("text/html");
    request.headers_mut().insert(header::ACCEPT, html);
    Some(request)
}

fn with_cookie(cookie: &str) -> HeaderMap {
    let value = HeaderValue::from_str(cookie).unwrap();
    HeaderMap::from_iter([(header::COOKIE, value)])
}

async fn asks(world: &World, request: Request<Body>) -> Response<Body> {
    world.app.clone().oneshot(request).await.unwrap()
}

fn location(answer: &Response<Body>) -> Option<&str> {
    let location = answer.headers().get(header::LOCATION)?;
    Some(location.to_str().expect("a Location is ASCII"))
}

/// The cookies that an answer sets, as the browser sends them.
fn cookies(answer: &Response<Body>) -> String {
    let set = answer.headers().get_all(header::SET_COOKIE).iter();
    let pairs = set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
    pairs.collect::<Vec<_>>().join("; ")
}

async fn signed_in(world: &World) -> String {
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"])
}

/// The user is sent to the provider and cancels there; what the app answers to that.
async fn cancels(world: &World, sent: &Response<Body>, cookie: &str) -> Response<Body> {
    let to = Url::parse(location(sent).expect("a redirect")).unwrap();
    assert!(
        to.as_str().starts_with(world.emulator.base_url()),
        "{to} is not the provider's"
    );
    let query: Vec<_> = to.query_pairs().collect();
    let of = |wanted: &str| {
        query
            .iter()
            .find(|(name, _)| name == wanted)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(of("redirect_uri"), format!("{APP}/getAToken"));
    let denied = "error=access_denied&error_description=AADB2C90091%3a+cancelled";
    let uri = format!("/getAToken?{denied}&state={}", of("state"));
    let headers = with_cookie(&format!("{}; {cookie}", cookies(sent)));
    asks(world, request(Method::GET, &uri, &headers).unwrap()).await
}
