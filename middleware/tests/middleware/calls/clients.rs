//! The clients that services use, over real HTTP.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tower::{Layer as _, ServiceExt as _};
use tower_b2c::client::AccessTokenLayer;

use super::Call;
#[tokio::test]
async fn hyper_utils_client_is_one() {
    let call = Call::new().await;
    let old = call.old_token().await;
    call.api.takes_no_more(&old);
    let http = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let layer = AccessTokenLayer::for_session(call.session.clone(), [call.downstream.clone()])
        .replaying(|body: &Full<Bytes>| Some(body.clone()));
    let answer = layer
        .layer(http)
        .oneshot(call.post("/items"))
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "{}");
    is_repeated(&call, &old).await;
}

#[tokio::test]
async fn reqwest_is_one() {
    let call = Call::new().await;
    let old = call.old_token().await;
    call.api.takes_no_more(&old);
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let http = builder
        .build()
        .unwrap()
        .map_request(|request: Request<reqwest::Body>| {
            reqwest::Request::try_from(request).expect("its URI is that of a configured API")
        })
        .map_response(Response::<reqwest::Body>::from);
    let layer = AccessTokenLayer::for_session(call.session.clone(), [call.downstream.clone()])
        .replaying(|body: &reqwest::Body| body.as_bytes().map(|bytes| bytes.to_vec().into()));
    let request = call.post("/items").map(|_| reqwest::Body::from("sent"));
    let answer = layer.layer(http).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "{}");
    is_repeated(&call, &old).await;
}

/// What was refused went again, with the same body and a new token.
async fn is_repeated(call: &Call, old: &str) {
    let seen = call.api.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].authorization(), old);
    assert_eq!(seen[1].authorization(), call.token().await);
    assert!(seen.iter().all(|seen| seen.body == "sent"), "{seen:?}");
}
