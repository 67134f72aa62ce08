//! Tokens are replaced before they end, behind the requests.

use std::time::{Duration, Instant};

use b2c_emulator::{Endpoint, Misbehaviour};

use super::held::Held;
use super::{ALMOST_AN_HOUR, MORE_THAN_AN_HOUR, until};
use crate::support::{Meddler, World};

#[tokio::test]
async fn nobody_waits_for_a_token_that_is_replaced_in_time() {
    let held = Held::default();
    let world = World::with().routes(held.routes()).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let session = held.of(&mut visitor).await;
    let old = session.access_token(&["demo.read"]).await.unwrap();
    world.wait(ALMOST_AN_HOUR);
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::Delay(Duration::from_secs(5)));
    let asked = Instant::now();
    for _ in 0..20 {
        let token = session.access_token(&["demo.read"]).await.unwrap();
        assert_eq!(token.secret(), old.secret());
    }
    assert!(asked.elapsed() < Duration::from_secs(4), "nobody waits");
    until(|| world.grants("refresh_token") == 1).await;
    // It is asked for, and arrives.
    let started = Instant::now();
    while session.access_token(&["demo.read"]).await.unwrap().secret() == old.secret() {
        assert!(started.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(world.grants("refresh_token"), 1);
}

#[tokio::test]
async fn in_the_last_seconds_of_a_token_the_next_one_is_waited_for() {
    let held = Held::default();
    let world = World::with().routes(held.routes()).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let session = held.of(&mut visitor).await;
    let old = session.access_token(&["demo.read"]).await.unwrap();
    world.wait(Duration::from_secs(3580));
    let token = session.access_token(&["demo.read"]).await.unwrap();
    assert_ne!(token.secret(), old.secret());

    // Unless the provider is away: then the last seconds are better than none.
    world.wait(Duration::from_secs(3580));
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::Status(503));
    let last = session.access_token(&["demo.read"]).await.unwrap();
    assert_eq!(token.secret(), last.secret());
}

#[tokio::test]
async fn a_failure_behind_the_requests_is_nobodys_and_is_not_repeated_at_once() {
    let held = Held::default();
    let world = World::with().routes(held.routes()).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let session = held.of(&mut visitor).await;
    world.wait(ALMOST_AN_HOUR);
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::Status(503));
    let asked = || {
        let requests = world.emulator.requests();
        let refreshes = requests
            .iter()
            .filter(|request| request.grant_type() == Some("refresh_token"));
        refreshes.count()
    };
    assert!(session.access_token(&["demo.read"]).await.is_ok());
    until(|| asked() == 1).await;
    for _ in 0..10 {
        assert!(session.access_token(&["demo.read"]).await.is_ok());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(asked(), 1);
    world.emulator.behave();
    world.wait(Duration::from_secs(31));
    assert!(session.access_token(&["demo.read"]).await.is_ok());
    until(|| world.grants("refresh_token") == 1).await;
}

#[tokio::test]
async fn a_token_is_replaced_when_the_provider_advises() {
    let held = Held::default();
    let advising = Meddler::new(|_, answer| answer["refresh_in"] = "1800".into());
    let client = advising.clone();
    let world = World::with()
        .routes(held.routes())
        .parts(move |builder| builder.http_client(client.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let session = held.of(&mut visitor).await;
    world.wait(Duration::from_secs(1790));
    session.access_token(&["demo.read"]).await.unwrap();
    tokio::task::yield_now().await;
    let before = advising.requests();
    world.wait(Duration::from_secs(20));
    session.access_token(&["demo.read"]).await.unwrap();
    until(|| advising.requests() == before + 1).await;
}

#[tokio::test]
async fn a_crowd_at_the_end_waits_for_one_request() {
    let held = Held::default();
    let world = World::with().routes(held.routes()).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let session = held.of(&mut visitor).await;
    world.wait(MORE_THAN_AN_HOUR);
    world.emulator.misbehave(
        Endpoint::Token,
        Misbehaviour::Delay(Duration::from_millis(200)),
    );
    let crowd: Vec<_> = (0..100)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { session.access_token(&["demo.read"]).await.is_ok() })
        })
        .collect();
    for one in crowd {
        assert!(one.await.unwrap());
    }
    assert_eq!(world.grants("refresh_token"), 1);
}
