//! What a request costs on its way through: allocations, which do not jitter as times do.

use std::convert::Infallible;
use std::future::{Future, IntoFuture as _, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{Empty, Full};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tower::layer::util::Identity;
use tower::{Layer as _, Service};

use crate::support::World;

/// The least that a service can do.
#[derive(Clone)]
pub(crate) struct Nothing;

impl Service<Request<Empty<Bytes>>> for Nothing {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Empty<Bytes>>) -> Self::Future {
        ready(Ok(Response::new(Full::default())))
    }
}

/// Allocations of one request through `service`, whose answer must be there at once.
pub(crate) fn allocations<S: Service<Request<Empty<Bytes>>>>(
    service: &mut S,
    header: Option<(&str, &str)>,
) -> u64 {
    let mut request =
        Request::get("http://localhost:5000/orders?page=2").header("accept", "text/html");
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let mut request = Some(request.body(Empty::new()).unwrap());
    let info = measure(|| {
        let future = pin!(service.call(request.take().unwrap()));
        let answer = future.poll(&mut Context::from_waker(Waker::noop()));
        assert!(answer.is_ready(), "no store was asked");
    });
    info.count_total
}

#[tokio::test]
async fn anonymous_and_signed_in_requests_stay_within_their_budgets() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let cookie = format!(
        "b2c-session-5000={}; theme=dark",
        visitor.cookies()["b2c-session-5000"]
    );

    let bare = allocations(&mut Nothing, None);
    let mut layered = world.layer.layer(Nothing);
    let anonymous = allocations(&mut layered, None) - bare;
    let signed_in = allocations(&mut layered, Some(("cookie", &cookie))) - bare;
    assert!(
        anonymous <= 2,
        "{anonymous} allocations for an anonymous request, 2 allowed"
    );
    assert!(
        signed_in <= 5,
        "{signed_in} allocations for a signed-in request, 5 allowed"
    );
    println!("anonymous {anonymous}, signed in {signed_in}");
}

#[test]
fn over_http_requests_stay_within_their_budgets() {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let (world, cookie) = runtime.block_on(async {
        let world = World::new().await;
        let mut visitor = world.visitor();
        visitor.signs_in("/login").await;
        let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
        (world, cookie)
    });
    let page = || Router::new().route("/", get(async || "Hello"));
    let over_http = |app, cookie| over_http(&runtime, app, cookie);
    let any_layer = over_http(page().layer(Identity::new()), None);
    let anonymous = over_http(page().layer(world.layer.clone()), None) - any_layer;
    let any_layer = over_http(page().layer(Identity::new()), Some(&cookie));
    let signed_in = over_http(page().layer(world.layer.clone()), Some(&cookie)) - any_layer;
    println!("any layer {any_layer}, anonymous +{anonymous}, signed in +{signed_in}");
    assert!(
        anonymous <= 2,
        "{anonymous} for an anonymous request, 2 allowed"
    );
    assert!(
        signed_in <= 4,
        "{signed_in} for a signed-in request, 4 allowed"
    );
}

/// Allocations of a request over HTTP, those of hyper and axum among them: server and client take
/// turns in one thread, over a connection that is kept.
fn over_http(runtime: &Runtime, app: Router, cookie: Option<&str>) -> u64 {
    let cookie = cookie.map_or_else(String::new, |cookie| format!("cookie: {cookie}\r\n"));
    let request =
        format!("GET / HTTP/1.1\r\nhost: localhost:5000\r\naccept: text/html\r\n{cookie}\r\n");
    let (server, mut connection) = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(axum::serve(listener, app).into_future());
        (server, TcpStream::connect(address).await.unwrap())
    });
    let mut answer = [0; 1024];
    let mut count = |requests: u64| {
        let info = measure(|| {
            runtime.block_on(async {
                for _ in 0..requests {
                    connection.write_all(request.as_bytes()).await.unwrap();
                    let length = connection.read(&mut answer).await.unwrap();
                    assert!(answer[..length].ends_with(b"Hello"));
                }
            });
        });
        info.count_total
    };
    count(100);
    let (few, many) = (count(100), count(1100));
    server.abort();
    (many - few + 500) / 1000
}
