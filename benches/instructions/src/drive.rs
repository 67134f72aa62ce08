//! The requests, one after the other, answered at once.

use std::convert::Infallible;
use std::error::Error;
use std::future::{Future as _, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{Empty, Full};
use tower_service::Service;

/// A request of the size that browsers send.
pub(crate) type Asked = Request<Empty<Bytes>>;

/// The least that a service can do.
#[derive(Clone, Debug)]
pub(crate) struct Nothing;

impl Service<Asked> for Nothing {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Asked) -> Self::Future {
        ready(Ok(Response::new(Full::default())))
    }
}

/// Sends so many requests, equal but for their header: the next one each time, and round again. Its
/// name is what callgrind counts by.
#[inline(never)]
pub(crate) fn requests<S, B>(
    service: &mut S,
    headers: &[(HeaderName, HeaderValue)],
    count: u64,
) -> Result<(), Box<dyn Error>>
where
    S: Service<Asked, Response = Response<B>>,
{
    let mut headers = headers.iter().cycle();
    for _ in 0..count {
        let mut request = Request::get("http://localhost:5000/orders?page=2")
            .header(header::ACCEPT, HeaderValue::from_static("text/html"))
            .header("sec-fetch-mode", HeaderValue::from_static("navigate"))
            .body(Empty::new())?;
        if let Some((name, value)) = headers.next() {
            request.headers_mut().insert(name, value.clone());
        }
        let future = pin!(service.call(request));
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(answer)) if answer.status() == StatusCode::OK => {}
            Poll::Ready(Ok(answer)) => return Err(answer.status().as_str().into()),
            Poll::Ready(Err(_)) => return Err("the service failed".into()),
            Poll::Pending => return Err("a request waits for something".into()),
        }
    }
    Ok(())
}
