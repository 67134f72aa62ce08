//! What a request costs on its way through: allocations, which do not jitter as times do.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{Empty, Full};
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
        signed_in <= 6,
        "{signed_in} allocations for a signed-in request, 6 allowed"
    );
    println!("anonymous {anonymous}, signed in {signed_in}");
}
