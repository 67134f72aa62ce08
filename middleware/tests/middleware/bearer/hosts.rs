//! The layer under the servers and layers of the field.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use tower::buffer::BufferLayer;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Service, ServiceBuilder, ServiceExt};
use tower_b2c::{Bearer, BearerChallenge};

use super::own_provider::{Kind, OwnProvider};

/// A service that is neither axum nor boxed: any body type will do.
#[derive(Clone)]
struct Plain;

impl<B> Service<Request<B>> for Plain {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut response = Response::new(Full::from("plain"));
        let headers = response.headers_mut();
        headers.insert("access-control-allow-origin", "*".parse().unwrap());
        headers.insert("x-secret", "of a body that is not sent".parse().unwrap());
        let bearer = request.extensions().get::<Bearer>().unwrap();
        if let Err(challenge) = bearer.require_scopes(&["demo.read", "demo.write"]) {
            response.extensions_mut().insert(challenge);
        }
        ready(Ok(response))
    }
}

fn request(token: &str) -> Request<String> {
    let builder = Request::get("/").header("authorization", format!("Bearer {token}"));
    builder.body("a body of any type".to_owned()).unwrap()
}

#[tokio::test]
async fn over_a_plain_tower_service_any_body_passes() {
    let provider = OwnProvider::new(Kind::Es256);
    let layer = provider.layer("signing_algorithms = [\"ES256\"]", "");
    let service = ServiceBuilder::new().layer(layer).service(Plain);
    let whole = provider.token("at+jwt", |claims| {
        claims["scope"] = "demo.read demo.write".into();
    });
    let passed = service.clone().oneshot(request(&whole)).await.unwrap();
    assert_eq!(passed.status(), StatusCode::OK);
    let part = provider.token("at+jwt", |_| {});
    let answer = service.clone().oneshot(request(&part)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(answer.headers().contains_key("access-control-allow-origin"));
    assert!(!answer.headers().contains_key("x-secret"));
    let nobody = service.oneshot(Request::new("text")).await.unwrap();
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn readiness_belongs_to_the_instance_that_was_polled() {
    let provider = OwnProvider::new(Kind::Es256);
    let layer = || provider.layer("signing_algorithms = [\"ES256\"]", "");
    // A key that is not known makes the layer ask the provider before it calls the service.
    let unknown = || {
        provider.rotates();
        provider.clock().advance(Duration::from_secs(60));
        request(&provider.token("at+jwt", |claims| {
            claims["scope"] = "demo.read demo.write".into();
        }))
    };
    let mut limited = ServiceBuilder::new()
        .layer(layer())
        .layer(ConcurrencyLimitLayer::new(1))
        .service(Plain);
    for round in 1..4 {
        let request = unknown();
        let ready = ServiceExt::<Request<String>>::ready(&mut limited);
        let response = ready.await.unwrap().call(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(provider.requests(), 2 * round);
    }
    let buffered = ServiceBuilder::new()
        .layer(BufferLayer::new(4))
        .layer(layer())
        .layer(BufferLayer::new(4))
        .service(Plain);
    let response = buffered.oneshot(unknown()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[test]
fn futures_are_send_and_services_are_sync() {
    fn send<T: Send>(_: T) {}
    fn sync<T: Send + Sync>(_: &T) {}
    let layer = OwnProvider::new(Kind::Es256).layer("", "");
    let mut service = ServiceBuilder::new().layer(layer).service(Plain);
    sync(&service);
    send(service.call(Request::new(String::new())));
    send(BearerChallenge::token_required());
}

#[tokio::test]
async fn debug_output_shows_no_token_and_nobody() {
    let provider = OwnProvider::new(Kind::Es256);
    let layer = provider.layer("signing_algorithms = [\"ES256\"]", "");
    let token = provider.token("at+jwt", |claims| {
        claims["sub"] = "a person".into();
        claims["name"] = "Ada Lovelace".into();
        claims["scope"] = "demo.read demo.write".into();
    });
    let seen = Arc::new(Mutex::new(String::new()));
    let look = {
        let seen = Arc::clone(&seen);
        tower::service_fn(move |request: Request<String>| {
            let bearer = request.extensions().get::<Bearer>();
            *seen.lock().unwrap() = format!("{bearer:?} {:?}", request.extensions());
            ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
        })
    };
    let mut service = ServiceBuilder::new().layer(layer.clone()).service(look);
    service
        .ready()
        .await
        .unwrap()
        .call(request(&token))
        .await
        .unwrap();
    let seen = format!("{layer:?} {}", seen.lock().unwrap());
    assert!(seen.contains("Bearer {"), "{seen}");
    for part in token
        .split('.')
        .chain(["a person", "Ada", "Lovelace", "demo.read"])
    {
        assert!(!seen.contains(part), "{part} in {seen}");
    }
}
