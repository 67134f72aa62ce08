//! The newest state of a session, handed to requests that carry an older one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use b2c_emulator::{Endpoint, Misbehaviour};
use http::StatusCode;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tower_b2c::{Session, TokenError};

use super::{SIGNED_IN, STRANGER, ask, session_of, storeless};
use crate::support::Meddler;

/// A token that was issued for an hour has ten seconds left: too few to be replaced behind a request.
const ALMOST_AN_HOUR: Duration = Duration::from_secs(3590);
const LONG: (&str, u32) = ("session.idle_minutes", 600);

#[tokio::test]
async fn requests_with_the_old_cookie_share_one_refresh_and_all_get_the_new_one() {
    let world = storeless()
        .config(|file| file.set("session.store", "cookie").set(LONG.0, LONG.1))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let old = session_of(visitor.cookies());
    world.wait(ALMOST_AN_HOUR);
    let slow = Misbehaviour::Delay(Duration::from_millis(200));
    world.emulator.misbehave(Endpoint::Token, slow);
    let mut crowd = JoinSet::new();
    for _ in 0..50 {
        let (app, jar) = (world.app.clone(), old.clone());
        crowd.spawn(async move { ask(&app, &jar, "/api").await });
    }
    let mut jars = Vec::new();
    for answer in crowd.join_all().await {
        assert!(answer.body.starts_with("200 "), "{}", answer.body);
        let mut jar = old.clone();
        answer.keep(&mut jar);
        jars.push(jar);
    }
    assert_eq!(world.grants("refresh_token"), 1);
    // One who comes late with the old cookie is handed the new one, and asks nobody.
    let late = ask(&world.app, &old, "/api").await;
    assert!(late.body.starts_with("200 ") && !late.session_lines().is_empty());
    assert_eq!(world.grants("refresh_token"), 1);
    // Whichever answer the browser kept last, another instance finds the fresh token in it.
    late.keep(jars.last_mut().unwrap());
    let jar = jars.last().unwrap();
    assert!(
        ask(&world.second, jar, "/api")
            .await
            .body
            .starts_with("200 ")
    );
    assert_eq!(world.grants("refresh_token"), 1);
    // It hands it over in its turn.
    for _ in 0..5 {
        assert!(
            ask(&world.second, &old, "/api")
                .await
                .body
                .starts_with("200 ")
        );
    }
    assert_eq!(world.grants("refresh_token"), 1);
}

/// A provider that takes each refresh token once.
fn single_use() -> (Meddler, Arc<AtomicUsize>) {
    let spent = Arc::new(std::sync::Mutex::new(Vec::new()));
    let refused = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&refused);
    let meddler = Meddler::new(move |form, answer| {
        let token = form
            .split('&')
            .find(|field| field.starts_with("refresh_token="));
        let Some(token) = token else { return };
        let mut spent = spent.lock().unwrap();
        if spent.iter().any(|known| known == token) {
            count.fetch_add(1, Ordering::SeqCst);
            *answer = serde_json::json!({
                "error": "invalid_grant", "error_description": "AADB2C90080: spent",
            });
        }
        spent.push(token.to_owned());
    });
    (meddler, refused)
}

#[tokio::test]
async fn a_spent_refresh_token_signs_nobody_out_whom_another_instance_has_served() {
    let (provider, refused) = single_use();
    let world = storeless()
        .config(|file| file.set("session.store", "cookie").set(LONG.0, LONG.1))
        .parts(move |builder| builder.http_client(provider.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let old = session_of(visitor.cookies());
    world.wait(ALMOST_AN_HOUR);
    let renewed = ask(&world.app, &old, "/api").await;
    let mut new = old.clone();
    renewed.keep(&mut new);
    assert_ne!(new, old);

    // Requests that were under way with the old cookie, on another instance.
    for _ in 0..5 {
        let answer = ask(&world.second, &old, "/api").await;
        assert!(
            answer.body.starts_with("200 "),
            "the old token lives: {}",
            answer.body
        );
        assert!(
            answer.session_lines().is_empty(),
            "and must not replace the new cookie"
        );
    }
    assert_eq!(
        refused.load(Ordering::SeqCst),
        1,
        "asked once, then left alone"
    );
    // The new cookie is as good there as anywhere.
    world.wait(ALMOST_AN_HOUR);
    let answer = ask(&world.second, &new, "/api").await;
    assert!(answer.body.starts_with("200 "), "{}", answer.body);
    assert_eq!(refused.load(Ordering::SeqCst), 1);
    assert_eq!(ask(&world.second, &old, "/").await.body, SIGNED_IN);
}

/// The old token has ended, so that there is nothing to go on with but what the browser has by now.
#[tokio::test]
async fn an_instance_that_comes_too_late_leaves_the_session_to_the_one_that_was_in_time() {
    let (provider, refused) = single_use();
    let world = storeless()
        .config(|file| file.set("session.store", "cookie").set(LONG.0, LONG.1))
        .parts(move |builder| builder.http_client(provider.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let old = session_of(visitor.cookies());
    world.wait(Duration::from_secs(2 * 3600));
    let renewed = ask(&world.app, &old, "/api").await;
    assert!(renewed.body.starts_with("200 "), "{}", renewed.body);
    let mut new = old.clone();
    renewed.keep(&mut new);

    for _ in 0..3 {
        let late = ask(&world.second, &old, "/api").await;
        assert!(
            late.status == StatusCode::UNAUTHORIZED || late.status.is_redirection(),
            "{}: {}",
            late.status,
            late.body
        );
        assert!(late.session_lines().is_empty(), "the cookie is not touched");
        let page = ask(&world.second, &old, "/").await;
        assert_eq!(page.body, SIGNED_IN, "what needs no token goes on");
    }
    assert_eq!(refused.load(Ordering::SeqCst), 1, "asked once");
    // The same request once more, with the cookie that the first instance has set meanwhile.
    for app in [&world.second, &world.app] {
        let again = ask(app, &new, "/api").await;
        assert!(again.body.starts_with("200 "), "{}", again.body);
    }
    assert_eq!(refused.load(Ordering::SeqCst), 1);
}

/// A handler that refreshes, and answers when it is told to.
async fn slow(
    session: Session,
    started: Arc<Notify>,
    go: Arc<Semaphore>,
) -> Result<String, TokenError> {
    session.access_token(&["demo.read"]).await?;
    started.notify_one();
    let _permit = go.acquire().await.unwrap();
    Ok("late".to_owned())
}

#[tokio::test]
async fn signing_out_wins_over_an_answer_that_is_under_way() {
    let (started, go) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let (begun, may_end) = (Arc::clone(&started), Arc::clone(&go));
    let handler = move |session: Session| slow(session, Arc::clone(&begun), Arc::clone(&may_end));
    let world = storeless()
        .config(|file| file.set("session.store", "cookie").set(LONG.0, LONG.1))
        .routes(Router::new().route("/slow", get(handler)))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let jar = session_of(visitor.cookies());
    world.wait(ALMOST_AN_HOUR);
    let (app, carried) = (world.app.clone(), jar.clone());
    let under_way = tokio::spawn(async move { ask(&app, &carried, "/slow").await });
    started.notified().await;
    assert_eq!(world.grants("refresh_token"), 1);
    visitor.signs_out().await;
    go.add_permits(1);
    let late = under_way.await.unwrap();
    assert_eq!((late.status, late.body.as_str()), (StatusCode::OK, "late"));
    assert!(
        late.session_lines().is_empty(),
        "{:?}",
        late.session_lines()
    );
    assert_eq!(ask(&world.app, &jar, "/").await.body, STRANGER);
}
