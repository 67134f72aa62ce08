//! The requests, one after the other, answered at once.

use std::convert::Infallible;
use std::error::Error;
use std::future::{Future as _, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
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

/// Sends so many equal requests. Its name is what callgrind counts by.
#[inline(never)]
pub(crate) fn requests<S>(
    service: &mut S,
    header: Option<(&header::HeaderName, &HeaderValue)>,
    count: u64,
) -> Result<(), Box<dyn Error>>
where
    S: Service<Asked>,
{
    for _ in 0..count {
        let mut request = Request::get("http://localhost:5000/orders?page=2")
            .header(header::ACCEPT, HeaderValue::from_static("text/html"))
            .header("sec-fetch-mode", HeaderValue::from_static("navigate"))
            .body(Empty::new())?;
        if let Some((name, value)) = header {
            request.headers_mut().insert(name, value.clone());
        }
        let future = pin!(service.call(request));
        if future
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
        {
            return Err("a request waits for something".into());
        }
    }
    Ok(())
}
