//! Where tokens go, and where they do not.

use http::{Request, header};
use http_body_util::Full;
use tower::buffer::BufferLayer;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer as _, Service, ServiceBuilder, ServiceExt};
use tower_b2c::client::{AccessTokenLayer, CallError};

use super::{Call, client};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn a_call_carries_the_users_token_and_the_trace() {
    let call = Call::traced(&[("traceparent", PARENT), ("tracestate", "vendor=1")]).await;
    let layer = AccessTokenLayer::for_user([call.downstream.clone()]);
    let mut request = call.post("/items?page=2");
    let of_the_browser = "Bearer of the browser".parse().unwrap();
    request
        .headers_mut()
        .insert(header::AUTHORIZATION, of_the_browser);
    let answer = layer.layer(client()).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    let seen = &call.api.seen()[0];
    assert_eq!(seen.request, "POST /v1/items?page=2");
    assert_eq!(seen.authorization(), call.token().await);
    assert_eq!(
        seen.headers.get_all(header::AUTHORIZATION).iter().count(),
        1
    );
    assert_eq!(seen.headers["traceparent"], PARENT);
    assert_eq!(seen.headers["tracestate"], "vendor=1");
}

#[tokio::test]
async fn no_token_goes_anywhere_else() {
    let call = Call::new().await;
    let apis = [call.downstream.clone()];
    let layer = AccessTokenLayer::for_session(call.session.clone(), apis);
    let origin = call.api.base_url.trim_end_matches("/v1").to_owned();
    let elsewhere = [
        (format!("{origin}/v2/items"), origin.as_str()),
        (format!("{origin}/v1/../v2"), origin.as_str()),
        ("http://evil.example/v1".to_owned(), "http://evil.example"),
        ("/v1/items".to_owned(), ""),
    ];
    for (uri, expected) in elsewhere {
        let request = Request::get(&uri).body(Full::default()).unwrap();
        let error = layer.layer(client()).oneshot(request).await.unwrap_err();
        let CallError::NotListed { origin } = &error else {
            panic!("{error:?}");
        };
        assert_eq!(origin, expected);
        assert!(error.challenge().is_none());
    }
    assert!(call.api.seen().is_empty(), "nothing was sent");

    let request = Request::get(format!("{origin}/v2/items")).body(Full::default());
    let open = layer.others_without_token().layer(client());
    let answer = open.oneshot(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(call.api.seen()[0].authorization(), "");
}

#[tokio::test]
async fn nobody_is_no_user() {
    let call = Call::new().await;
    let layer = AccessTokenLayer::for_user([call.downstream.clone()]);
    let request = Request::get(call.url("/items")).body(Full::default());
    let error = layer.layer(client()).oneshot(request.unwrap()).await;
    let error = error.unwrap_err();
    assert!(matches!(error, CallError::NoUser), "{error:?}");
    assert!(error.challenge().is_some());
    assert!(call.api.seen().is_empty());
}

#[tokio::test]
async fn readiness_belongs_to_the_instance_that_was_polled() {
    let call = Call::new().await;
    let layer = AccessTokenLayer::for_user([call.downstream.clone()]);
    let layer = layer.replaying(|body: &Full<bytes::Bytes>| Some(body.clone()));
    let mut limited = ServiceBuilder::new()
        .layer(layer.clone())
        .layer(ConcurrencyLimitLayer::new(1))
        .service(client());
    for _ in 0..3 {
        // The second attempt needs the one permit again.
        call.api.refuses();
        let ready = limited.ready().await.unwrap();
        assert_eq!(ready.call(call.post("/items")).await.unwrap().status(), 200);
    }
    let buffered = ServiceBuilder::new()
        .layer(BufferLayer::new(4))
        .layer(layer)
        .layer(BufferLayer::new(4))
        .service(client());
    call.api.refuses();
    let answer = buffered.oneshot(call.post("/items")).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(call.api.seen().len(), 8);
}

#[tokio::test]
async fn futures_are_send_and_nothing_prints_a_token() {
    fn send<T: Send>(_: &T) {}
    let call = Call::new().await;
    let layer = AccessTokenLayer::for_session(call.session.clone(), [call.downstream.clone()]);
    let seen = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let look = std::sync::Arc::clone(&seen);
    let inner = tower::service_fn(move |request: Request<Full<bytes::Bytes>>| {
        *look.lock().unwrap() = format!("{:?}", request.headers());
        std::future::ready(Ok::<_, std::convert::Infallible>(http::Response::new(())))
    });
    let mut service = layer.layer(inner);
    let future = service.call(call.post("/items"));
    send(&future);
    future.await.unwrap();
    let shown = format!("{layer:?} {}", seen.lock().unwrap());
    assert!(shown.contains("authorization"), "{shown}");
    let token = call.token().await;
    assert!(!shown.contains(&token["Bearer ".len()..]), "{shown}");
    assert!(shown.contains("items"), "{shown}");
}
