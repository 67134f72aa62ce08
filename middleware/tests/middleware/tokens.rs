//! Access tokens: kept, refreshed, shared, refused.

use std::time::Duration;

use b2c_emulator::{Endpoint, Misbehaviour};
use http::StatusCode;

use crate::support::World;

const ALMOST_AN_HOUR: Duration = Duration::from_secs(3500);

#[tokio::test]
async fn the_api_is_called_with_the_token_of_the_sign_in() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/api").await;
    assert!(
        page.body.starts_with("200 ") && page.body.contains("Ada Lovelace"),
        "{}",
        page.body
    );
    visitor.opens("/api").await;
    assert_eq!(world.grants("refresh_token"), 0);
}

#[tokio::test]
async fn an_ageing_token_is_refreshed_without_the_user_noticing() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    for round in 1..=3 {
        world.wait(ALMOST_AN_HOUR);
        let page = visitor.asks("/api").await;
        assert!(page.body.starts_with("200 "), "{}", page.body);
        assert_eq!(world.grants("refresh_token"), round);
    }
}

#[tokio::test]
async fn a_crowd_at_expiry_causes_one_refresh() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(ALMOST_AN_HOUR);
    world.emulator.misbehave(
        Endpoint::Token,
        Misbehaviour::Delay(Duration::from_millis(200)),
    );
    let jar = visitor.cookies().clone();
    let crowd = (0..50).map(|_| {
        let mut visitor = world.visitor();
        visitor.cookies().clone_from(&jar);
        async move { visitor.asks("/api").await.body.starts_with("200 ") }
    });
    let served = futures_join(crowd).await;
    assert!(served.into_iter().all(|served| served));
    assert_eq!(world.grants("refresh_token"), 1);
}

#[tokio::test]
async fn a_missing_scope_is_asked_for_and_the_user_comes_back_with_it() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let page = visitor.opens("/write").await;
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/write"), "may write")
    );
}

#[tokio::test]
async fn a_scope_that_is_never_granted_does_not_loop() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let page = visitor.opens("/unknown").await;
    assert!(
        page.status.is_server_error(),
        "{} {}",
        page.status,
        page.body
    );
}

#[tokio::test]
async fn while_the_provider_is_away_a_token_with_minutes_left_still_serves() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(ALMOST_AN_HOUR);
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::Status(503));
    assert!(visitor.asks("/api").await.body.starts_with("200 "));

    world.wait(Duration::from_secs(200));
    let page = visitor.asks("/api").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.headers.contains_key("retry-after"));
    assert!(page.body.contains("not available right now") && page.body.contains("Reference"));
    assert_eq!(
        visitor.opens("/").await.body,
        "Hello, Ada Lovelace",
        "nobody is signed out"
    );

    world.emulator.behave();
    assert!(visitor.asks("/api").await.body.starts_with("200 "));
}

#[tokio::test]
async fn a_dead_refresh_token_leads_to_a_new_sign_in_and_back() {
    let world = World::with()
        .config(|file| {
            file.set("session.absolute_minutes", 60 * 24 * 100)
                .set("session.idle_minutes", 60 * 24 * 100)
        })
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    // Refresh tokens live for 14 days; the app does not know about a provider that forgets earlier.
    world
        .emulator
        .advance_clock(Duration::from_secs(15 * 24 * 3600));
    world.clock.advance(Duration::from_secs(15 * 24 * 3600));
    let page = visitor.opens("/api").await;
    assert_eq!(page.app_path(), None, "at sign-in: {}", page.url);
    let page = visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.app_path(), Some("/api"));
    assert!(page.body.starts_with("200 "));
}

#[tokio::test]
async fn numbers_as_strings_and_answers_without_access_token_are_understood() {
    let world = World::new().await;
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::NumbersAsStrings);
    let page = world.visitor().signs_in("/api").await;
    assert!(page.body.starts_with("200 "), "{}", page.body);

    world.emulator.behave();
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::NoAccessToken);
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/private").await;
    assert_eq!(
        page.app_path(),
        Some("/private"),
        "signing in needs no access token"
    );
    let page = visitor.opens("/api").await;
    assert!(
        page.status.is_server_error(),
        "asked for and not granted: {}",
        page.status
    );
}

#[tokio::test]
async fn api_callers_get_401_and_not_a_redirect_when_a_sign_in_is_needed() {
    let world = World::new().await;
    let page = world.visitor().asks("/api").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "a navigation");
}

/// Runs futures at once on this task.
async fn futures_join<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        for (future, slot) in pending.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(cx)
            {
                *slot = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
