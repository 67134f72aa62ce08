//! The layer under the servers and layers of the field.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, Response, StatusCode, header};
use tower::buffer::BufferLayer;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Service, ServiceBuilder, ServiceExt};
use tower_b2c::{B2cLayer, Challenge, Config, RequireSignInLayer};

/// A layer whose provider is nowhere: what these tests look at needs none.
fn layer() -> B2cLayer {
    let config = Config::from_text(
        r#"
        [app]
        base_url = "http://localhost:5000"
        [provider]
        instance = "http://localhost:9"
        tenant = "contoso"
        client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
        client_secret = { env = "SECRET" }
        user_flows = { sign_up_sign_in = "B2C_1_susi" }
        "#,
    );
    B2cLayer::new(config.environment([("SECRET", "s")]).load().unwrap()).unwrap()
}

fn request(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let builder = Request::get(path);
    let builder = headers.iter().fold(builder, |builder, (name, value)| {
        builder.header(*name, *value)
    });
    builder.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn under_axum_apis_are_answered_with_problem_details() {
    let app = Router::new()
        .route("/private", get(|| async { "secret" }))
        .route_layer(RequireSignInLayer::new())
        .route("/", get(|| async { "public" }))
        .layer(layer());

    let public = app.clone().oneshot(request("/", &[])).await.unwrap();
    assert_eq!(public.status(), StatusCode::OK);
    assert!(public.headers().get(header::SET_COOKIE).is_none());

    let private = app
        .clone()
        .oneshot(request("/private", &[("accept", "application/json")]))
        .await
        .unwrap();
    assert_eq!(private.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        private.headers()[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let challenge = private.headers()[header::WWW_AUTHENTICATE]
        .to_str()
        .unwrap();
    assert!(challenge.starts_with("Cookie realm="), "{challenge}");
    let body = axum::body::to_bytes(private.into_body(), 10_000)
        .await
        .unwrap();
    assert!(!body.windows(6).any(|window| window == b"secret"));

    let grpc = app
        .oneshot(request("/private", &[("content-type", "application/grpc")]))
        .await
        .unwrap();
    assert_eq!(
        (grpc.status(), &grpc.headers()["grpc-status"]),
        (StatusCode::OK, &"16".parse().unwrap())
    );
}

/// A service that is neither axum nor boxed: any body type will do.
#[derive(Clone)]
struct Plain;

impl<B> Service<Request<B>> for Plain {
    type Response = Response<http_body_util::Full<bytes::Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut response = Response::new(http_body_util::Full::from("plain"));
        if request.uri().path() == "/private" {
            response.extensions_mut().insert(Challenge::sign_in());
        }
        ready(Ok(response))
    }
}

#[tokio::test]
async fn over_a_plain_tower_service_any_body_passes() {
    let service = ServiceBuilder::new().layer(layer()).service(Plain);
    let passed = service
        .clone()
        .oneshot(Request::new("a body of any type".to_owned()))
        .await
        .unwrap();
    assert_eq!(passed.status(), StatusCode::OK);
    let challenged = service
        .oneshot(Request::get("/private").body(String::new()).unwrap())
        .await
        .unwrap();
    assert_eq!(challenged.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn readiness_belongs_to_the_instance_that_was_polled() {
    // A ticket that is in no cache makes the layer ask its store before it calls the service.
    let ticket = format!("b2c-session-5000={}", "A".repeat(64));
    let mut limited = ServiceBuilder::new()
        .layer(layer())
        .layer(ConcurrencyLimitLayer::new(1))
        .service(Plain);
    for _ in 0..3 {
        let request = Request::get("/")
            .header("accept", "text/html")
            .header("cookie", &ticket)
            .body(String::new())
            .unwrap();
        let ready = ServiceExt::<Request<String>>::ready(&mut limited)
            .await
            .unwrap();
        let response = ready.call(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let cleared = response.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(cleared.contains("Max-Age=0"), "{cleared}");
    }

    let buffered = ServiceBuilder::new()
        .layer(BufferLayer::new(4))
        .layer(layer())
        .layer(BufferLayer::new(4))
        .service(Plain);
    let request = Request::get("/")
        .header("accept", "text/html")
        .header("cookie", &ticket)
        .body(String::new())
        .unwrap();
    assert_eq!(
        buffered.oneshot(request).await.unwrap().status(),
        StatusCode::OK
    );
}

#[test]
fn futures_are_send_and_services_are_sync() {
    fn send<T: Send>(_: T) {}
    fn sync<T: Send + Sync>(_: &T) {}
    let mut service = ServiceBuilder::new().layer(layer()).service(Plain);
    sync(&service);
    send(service.call(Request::new(String::new())));
}
