//! Access tokens: kept, refreshed, shared, refused.

use std::time::{Duration, Instant};

use axum::routing::get;
use b2c_emulator::{Endpoint, Misbehaviour};
use http::StatusCode;
use tower_b2c::{Session, TokenError};

use super::held::Held;
use super::{ALMOST_AN_HOUR, AT_THE_END, until};
use crate::support::{Meddler, World};

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
        let started = Instant::now();
        while world.grants("refresh_token") < round {
            assert!(started.elapsed() < Duration::from_secs(60), "{round}");
            let page = visitor.asks("/api").await;
            assert!(page.body.starts_with("200 "), "{}", page.body);
        }
        assert_eq!(world.grants("refresh_token"), round);
    }
}

#[tokio::test]
async fn a_crowd_at_expiry_causes_one_refresh() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(AT_THE_END);
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
    world.wait(Duration::from_secs(2));
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
async fn a_crowd_shares_one_failure_as_it_shares_one_success() {
    let meddler = Meddler::new(|_, _| {});
    let client = meddler.clone();
    let world = World::with()
        .parts(move |builder| builder.http_client(client.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    for (wait, expected) in [
        (ALMOST_AN_HOUR, StatusCode::OK),
        (Duration::from_secs(200), StatusCode::SERVICE_UNAVAILABLE),
    ] {
        world.wait(wait);
        let (before, failures) = (meddler.requests(), meddler.failures());
        meddler.fails_after(Duration::from_millis(100));
        let jar = visitor.cookies().clone();
        let crowd = (0..20).map(|_| {
            let mut visitor = world.visitor();
            visitor.cookies().clone_from(&jar);
            async move { visitor.asks("/api").await.status }
        });
        let statuses = futures_join(crowd).await;
        assert!(
            statuses.iter().all(|status| *status == expected),
            "{statuses:?}"
        );
        until(|| meddler.failures() > failures).await;
        assert_eq!(meddler.requests() - before, 1, "{expected}");
    }
    meddler.fails_after(Duration::ZERO);
    world.wait(Duration::from_secs(2));
    assert!(visitor.asks("/api").await.body.starts_with("200 "));
}

#[tokio::test]
async fn a_scope_that_is_not_granted_is_asked_for_once() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    for _ in 0..3 {
        visitor.asks("/unknown").await;
    }
    let requests = world.emulator.requests();
    let asked = requests
        .iter()
        .filter(|request| request.grant_type() == Some("refresh_token"));
    assert!(asked.count() <= 1);
}

#[tokio::test]
async fn a_revoked_account_loses_its_session() {
    let revoked = Meddler::new(|form, answer| {
        if form.contains("grant_type=refresh_token") {
            *answer = serde_json::json!({
                "error": "invalid_grant", "error_description": "AADB2C90129: revoked",
            });
        }
    });
    let world = World::with()
        .parts(move |builder| builder.http_client(revoked.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(ALMOST_AN_HOUR + Duration::from_secs(90));
    world.clock.advance(Duration::from_secs(1));
    visitor.asks("/api").await;
    assert_eq!(visitor.asks("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn signing_out_wins_over_a_refresh_under_way() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(AT_THE_END);
    let delay = Misbehaviour::Delay(Duration::from_millis(200));
    world.emulator.misbehave(Endpoint::Token, delay);
    let jar = visitor.cookies().clone();
    let mut other_tab = world.visitor();
    other_tab.cookies().clone_from(&jar);
    let refresh = other_tab.asks("/api");
    let sign_out = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        visitor.signs_out().await
    };
    tokio::join!(refresh, sign_out);
    visitor.cookies().clone_from(&jar);
    assert_eq!(visitor.asks("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn a_handler_that_outlasts_the_session_gets_no_more_tokens() {
    // As the handler of a WebSocket does.
    let held = Held::default();
    for fresh in [true, false] {
        let routes = held.routes().route("/end-all", get(end_all));
        let world = World::with().routes(routes).build().await;
        for by_the_user in [true, false] {
            let mut visitor = world.visitor();
            visitor.signs_in("/api").await;
            let session = held.of(&mut visitor).await;
            assert!(session.access_token(&["demo.read"]).await.is_ok());
            if !fresh {
                world.wait(ALMOST_AN_HOUR);
            }
            if by_the_user {
                visitor.signs_out().await;
            } else {
                visitor.asks("/end-all").await;
            }
            let token = session.access_token(&["demo.read"]).await;
            let refused = matches!(token, Err(TokenError::SignInRequired { .. }));
            assert!(refused, "{fresh} {by_the_user}: {token:?}");
        }
        assert_eq!(world.grants("refresh_token"), 0);
    }
}

async fn end_all(session: Session) -> String {
    session.user_sessions().end_all().await.unwrap().to_string()
}

#[tokio::test]
async fn an_endless_token_life_is_taken_as_a_year() {
    let endless = Meddler::new(|_, answer| answer["expires_in"] = u64::MAX.into());
    let world = World::with()
        .parts(move |builder| builder.http_client(endless.clone()))
        .build()
        .await;
    let page = world.visitor().signs_in("/api").await;
    assert!(page.body.starts_with("200 "), "{}", page.body);
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
