//! What becomes of a token that an API does not take.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use tower::{Layer as _, ServiceExt};
use tower_b2c::client::{AccessTokenLayer, CallError};
use tower_b2c::{Config, TokenError};

use super::{Call, Client, client, settings};
use crate::support::KEY;

fn repeating(call: &Call) -> tower_b2c::client::AccessTokenService<Client, impl Copier> {
    let layer = AccessTokenLayer::for_user([call.downstream.clone()]);
    let layer = layer.replaying(|body: &Full<Bytes>| Some(body.clone()));
    layer.layer(client())
}

trait Copier: tower_b2c::client::ReplayBody<Full<Bytes>> {}
impl<T: tower_b2c::client::ReplayBody<Full<Bytes>>> Copier for T {}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_request_repeated_once() {
    let call = Call::new().await;
    let (old, refreshed) = (call.old_token().await, call.world.grants("refresh_token"));
    call.api.refuses();
    let answer = repeating(&call).oneshot(call.post("/items")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let seen = call.api.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].authorization(), old);
    assert_ne!(seen[1].authorization(), old);
    assert_eq!(seen[1].authorization(), call.token().await);
    assert!(seen.iter().all(|seen| seen.body == "sent"), "{seen:?}");
    assert_eq!(call.world.grants("refresh_token"), refreshed + 1);
}

#[tokio::test]
async fn a_second_refusal_is_the_answer() {
    let call = Call::new().await;
    call.old_token().await;
    call.api.refuses();
    call.api.refuses();
    let answer = repeating(&call).oneshot(call.post("/items")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(call.api.seen().len(), 2);
}

#[tokio::test]
async fn an_api_that_takes_no_token_costs_one_request_a_minute() {
    let call = Call::new().await;
    call.old_token().await;
    let refreshed = call.world.grants("refresh_token");
    for number in 1..=5 {
        call.api.refuses();
        if number == 1 {
            call.api.refuses();
        }
        let answer = repeating(&call).oneshot(call.post("/items")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(call.api.seen().len(), number + 1);
    }
    assert_eq!(call.world.grants("refresh_token"), refreshed + 1);
    // Tokens of the same second are the same token.
    call.world.wait(Duration::from_secs(1));
    // An API that asks for claims says what would help: that is tried.
    call.api.asks_for_claims();
    let answer = repeating(&call).oneshot(call.post("/items")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(call.world.grants("refresh_token"), refreshed + 2);

    call.world.wait(Duration::from_secs(1));
    call.api.refuses();
    call.api.refuses();
    repeating(&call).oneshot(call.post("/items")).await.unwrap();
    assert_eq!(call.world.grants("refresh_token"), refreshed + 3);
    call.world.wait(Duration::from_secs(60));
    call.api.refuses();
    let answer = repeating(&call).oneshot(call.post("/items")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "it is well again");
    assert_eq!(call.world.grants("refresh_token"), refreshed + 4);
}

#[tokio::test]
async fn what_one_api_refuses_is_renewed_for_another() {
    let mut call = Call::new().await;
    call.old_token().await;
    let refreshed = call.world.grants("refresh_token");
    call.api.refuses();
    call.api.refuses();
    repeating(&call).oneshot(call.post("/items")).await.unwrap();
    assert_eq!(call.world.grants("refresh_token"), refreshed + 1);
    call.world.wait(Duration::from_secs(1));
    // Another API with the same scopes, and so with the same token.
    let text = settings(&call.world.emulator, &call.api).replace("\"items\"", "\"orders\"");
    let secret = call.world.emulator.client().client_secret();
    let file = Config::from_text(text).environment([("SECRET", secret), ("KEY", KEY)]);
    let orders = file.load().unwrap().downstream("orders").unwrap().clone();
    let items = std::mem::replace(&mut call.downstream, orders);
    let replaced = call.token().await;
    call.api.refuses();
    let answer = repeating(&call).oneshot(call.post("/orders")).await;
    assert_eq!(answer.unwrap().status(), StatusCode::OK);
    let seen = call.api.seen();
    assert_eq!(seen.len(), 4);
    assert_eq!(
        seen[2].authorization(),
        replaced,
        "the one that was refused"
    );
    assert_eq!(call.world.grants("refresh_token"), refreshed + 2);
    // What the second has refused twice is the first one's to judge, too.
    call.world.wait(Duration::from_secs(1));
    call.api.refuses();
    call.api.refuses();
    repeating(&call)
        .oneshot(call.post("/orders"))
        .await
        .unwrap();
    call.world.wait(Duration::from_secs(1));
    call.downstream = items;
    call.api.refuses();
    let answer = repeating(&call).oneshot(call.post("/items")).await;
    assert_eq!(answer.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn what_cannot_be_repeated_is_not() {
    let call = Call::new().await;
    let refreshed = call.world.grants("refresh_token");
    call.api.refuses();
    let layer = AccessTokenLayer::for_user([call.downstream.clone()]);
    let answer = layer.layer(client()).oneshot(call.post("/items")).await;
    assert_eq!(answer.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(call.api.seen().len(), 1);
    assert_eq!(call.world.grants("refresh_token"), refreshed);
}

#[tokio::test]
async fn unauthenticated_in_grpc_is_a_refusal() {
    let call = Call::new().await;
    call.old_token().await;
    call.api
        .answers(StatusCode::OK, &[("grpc-status", "16")], "");
    call.api
        .answers(StatusCode::OK, &[("grpc-status", "7")], "");
    let answer = repeating(&call).oneshot(call.post("/items")).await.unwrap();
    assert_eq!(answer.headers()["grpc-status"], "7");
    assert_eq!(call.api.seen().len(), 2);
}

#[tokio::test]
async fn claims_go_to_the_provider_and_then_to_the_user() {
    let call = Call::new().await;
    call.old_token().await;
    call.api.asks_for_claims();
    let answer = repeating(&call).oneshot(call.post("/items")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);

    // A new token that will not do, and a request that cannot be repeated.
    call.world.wait(Duration::from_secs(1));
    call.api.asks_for_claims();
    call.api.asks_for_claims();
    let again = repeating(&call).oneshot(call.post("/items")).await;
    call.api.asks_for_claims();
    let layer = AccessTokenLayer::for_user([call.downstream.clone()]);
    let once = layer.layer(client()).oneshot(call.post("/items")).await;
    for error in [again.unwrap_err(), once.unwrap_err()] {
        let challenge = error.challenge();
        let CallError::Token(TokenError::SignInRequired { claims, .. }) = error else {
            panic!("{error:?}");
        };
        assert!(claims.unwrap().contains("1604106651"));
        assert!(challenge.is_some());
    }
}

#[tokio::test]
async fn who_signed_out_calls_nobody() {
    let call = Call::new().await;
    call.session.user_sessions().end_all().await.unwrap();
    let error = repeating(&call).oneshot(call.post("/items")).await;
    let error = error.unwrap_err();
    assert!(
        matches!(error, CallError::Token(TokenError::SignInRequired { .. })),
        "{error:?}"
    );
    assert!(call.api.seen().is_empty());
}
