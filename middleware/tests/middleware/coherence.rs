//! Several instances over one store: what one does, the others know.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use tower::ServiceExt as _;

use crate::support::{APP, TroubledStore, Visitor, World};

const SIGNED_IN: &str = "Hello, Ada Lovelace";
const STRANGER: &str = "Hello, stranger";

/// Two instances over a store.
async fn world_of(store: &TroubledStore) -> World {
    let shared = store.clone();
    let world = World::with().parts(move |builder| builder.store(shared.clone()));
    world.build().await
}

async fn ask(app: &Router, visitor: &mut Visitor<'_>) -> (StatusCode, String) {
    let cookie = visitor.cookies().get("b2c-session-5000").cloned();
    let cookie = format!("b2c-session-5000={}", cookie.unwrap_or_default());
    let request = Request::get("/").header("cookie", cookie);
    let request = request.body(Body::empty()).unwrap();
    let answer = app.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 10_000).await;
    (status, String::from_utf8_lossy(&body.unwrap()).into_owned())
}

async fn greeting(app: &Router, visitor: &mut Visitor<'_>) -> String {
    ask(app, visitor).await.1
}

/// Lets the listeners hear what there is to hear.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_sign_out_on_one_instance_is_seen_by_the_others_at_once() {
    let world = world_of(&TroubledStore::telling()).await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert_eq!(greeting(&world.second, &mut visitor).await, SIGNED_IN);
    settle().await;
    let jar = visitor.cookies().clone();
    visitor
        .sends(Method::POST, &format!("{APP}/logout"), None)
        .await;
    visitor.cookies().clone_from(&jar);
    let started = Instant::now();
    while greeting(&world.second, &mut visitor).await != STRANGER {
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "10 s and still signed in"
        );
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_warm_session_costs_no_look_at_a_store_that_tells() {
    let store = TroubledStore::telling();
    let world = world_of(&store).await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    settle().await;
    assert_eq!(greeting(&world.app, &mut visitor).await, SIGNED_IN);
    let before = store.loads();
    for _ in 0..20 {
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(greeting(&world.app, &mut visitor).await, SIGNED_IN);
    }
    assert_eq!(store.loads(), before);
}

#[tokio::test]
async fn a_store_that_does_not_tell_is_asked_within_the_bound() {
    let store = TroubledStore::default();
    let world = world_of(&store).await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert_eq!(greeting(&world.second, &mut visitor).await, SIGNED_IN);
    let jar = visitor.cookies().clone();
    visitor
        .sends(Method::POST, &format!("{APP}/logout"), None)
        .await;
    visitor.cookies().clone_from(&jar);
    world.clock.advance(Duration::from_secs(29));
    assert_eq!(
        greeting(&world.second, &mut visitor).await,
        SIGNED_IN,
        "from memory"
    );
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(greeting(&world.second, &mut visitor).await, STRANGER);
}

#[tokio::test]
async fn a_hundred_requests_ask_the_store_once() {
    let store = TroubledStore::default();
    let world = world_of(&store).await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert_eq!(greeting(&world.app, &mut visitor).await, SIGNED_IN);
    let before = store.loads();
    world.clock.advance(Duration::from_secs(31));
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let requests = (0..100).map(|_| {
        let request = Request::get("/").header("cookie", &cookie);
        let app = world.app.clone();
        tokio::spawn(app.oneshot(request.body(Body::empty()).unwrap()))
    });
    for answer in requests.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    assert_eq!(store.loads(), before + 1);
}

#[tokio::test]
async fn while_the_store_is_away_a_session_in_memory_goes_on_for_the_grace_and_no_longer() {
    let store = TroubledStore::default();
    let world = world_of(&store).await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    store.goes_away(true);
    for _ in 0..5 {
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(greeting(&world.app, &mut visitor).await, SIGNED_IN);
    }
    let cold = ask(&world.second, &mut visitor).await.0;
    assert_eq!(
        cold,
        StatusCode::SERVICE_UNAVAILABLE,
        "nobody knows it there"
    );
    world.clock.advance(Duration::from_secs(31));
    let late = ask(&world.app, &mut visitor).await.0;
    assert_eq!(late, StatusCode::SERVICE_UNAVAILABLE);
    store.goes_away(false);
    assert_eq!(
        greeting(&world.app, &mut visitor).await,
        SIGNED_IN,
        "without a restart"
    );
    assert_eq!(greeting(&world.second, &mut visitor).await, SIGNED_IN);
}

#[tokio::test]
async fn what_was_missed_while_nobody_listened_is_looked_up() {
    let store = TroubledStore::telling();
    store.goes_away(true);
    let world = world_of(&store).await;
    let mut visitor = world.visitor();
    // Listening fails, and is tried again.
    let _ = ask(&world.second, &mut visitor).await;
    store.goes_away(false);
    visitor.signs_in("/private").await;
    assert_eq!(greeting(&world.second, &mut visitor).await, SIGNED_IN);
    let jar = visitor.cookies().clone();
    visitor
        .sends(Method::POST, &format!("{APP}/logout"), None)
        .await;
    visitor.cookies().clone_from(&jar);
    let started = Instant::now();
    // The clock stands still, so nobody looks again by himself.
    while greeting(&world.second, &mut visitor).await != STRANGER {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "still signed in"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
