//! The end of an instance, in order.

use std::time::Duration;

use axum::body::Body;
use b2c_emulator::{Endpoint, Misbehaviour};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::health::troubled;
use crate::support::World;

async fn probe(world: &World, path: &str) -> StatusCode {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = world.layer.health().oneshot(request).await.unwrap();
    answer.status()
}

#[tokio::test]
async fn probes_hear_of_it_at_once_and_everybody_else_is_served_as_ever() {
    let world = World::new().await;
    let health = world.layer.health();
    let ready = || async {
        let request = Request::get("/ready").body(Body::empty()).unwrap();
        health.clone().oneshot(request).await.unwrap().status()
    };
    // The first one finds out about the provider, and waits for it for 0.9 seconds at most.
    world.layer.health().report().await;
    world.layer.readiness().ready().await;
    assert_eq!(ready().await, StatusCode::OK);
    world.layer.clone().begin_shutdown();
    assert_eq!(
        ready().await,
        StatusCode::SERVICE_UNAVAILABLE,
        "nothing is remembered"
    );
    assert_eq!(probe(&world, "/live").await, StatusCode::OK);
    let page = world.visitor().signs_in("/private").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
}

#[tokio::test]
async fn a_refresh_behind_the_request_is_waited_for() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert!(visitor.asks("/api").await.body.starts_with("200 "));
    assert!(world.layer.finish(Duration::from_secs(10)).await);
    // The token is good for some minutes yet: it is replaced behind the request.
    world.wait(Duration::from_secs(3400));
    let before = world.grants("refresh_token");
    let slow = Misbehaviour::Delay(Duration::from_secs(3));
    world.emulator.misbehave(Endpoint::Token, slow);
    assert!(visitor.asks("/api").await.body.starts_with("200 "));
    world.layer.begin_shutdown();
    assert!(
        !world.layer.finish(Duration::from_millis(1)).await,
        "it takes three seconds"
    );
    assert!(world.layer.finish(Duration::from_secs(20)).await);
    assert_eq!(world.grants("refresh_token"), before + 1);
}

#[tokio::test]
async fn what_the_store_has_yet_to_hear_of_is_waited_for() {
    let (store, world) = troubled().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let ticket = visitor.cookies().clone();
    assert!(world.layer.finish(Duration::from_secs(10)).await);
    store.goes_away(true);
    visitor.signs_out().await;
    assert!(
        !world.layer.finish(Duration::from_millis(50)).await,
        "the store is away"
    );
    store.goes_away(false);
    assert!(world.layer.finish(Duration::from_secs(20)).await);
    // Another instance, which was told nothing, asks the store.
    let line = ticket.iter().map(|(name, value)| format!("{name}={value}"));
    let line = line.collect::<Vec<_>>().join("; ");
    let request = Request::get("/").header("cookie", line).body(Body::empty());
    let answer = world
        .second
        .clone()
        .oneshot(request.unwrap())
        .await
        .unwrap();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 16)
        .await
        .unwrap();
    assert_eq!(body, "Hello, stranger");
}
