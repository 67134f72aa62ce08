//! Ways in which a browser could be sent in a circle, and where each of them ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse as _;
use axum::routing::get;
use http::{Request, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::Challenge;

use crate::support::{Meddler, World};

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// Ada's token has expired, and the provider no longer takes her refresh token.
async fn world_of_dead_tokens() -> World {
    let dead = Meddler::new(|form, answer| {
        if form.contains("grant_type=refresh_token") {
            *answer = serde_json::json!({
                "error": "invalid_grant", "error_description": "AADB2C90080: expired",
            });
        }
    });
    World::with()
        .config(|file| {
            file.set("session.idle_minutes", 600)
                .set("session.absolute_minutes", 600)
        })
        .parts(move |builder| builder.http_client(dead.clone()))
        .build()
        .await
}

#[tokio::test]
async fn a_denied_edit_of_an_anonymous_visitor_ends_on_a_page() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let back = visitor.is_denied("/edit-profile?return_to=/private").await;
    assert_eq!(back.location(), "/edit-profile?return_to=/private");
    let page = visitor.asks(back.location()).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.body.contains("Sign-in cancelled"));
}

#[tokio::test]
async fn a_signed_in_user_who_is_denied_a_new_token_ends_on_a_page() {
    let world = world_of_dead_tokens().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(minutes(62));
    let back = visitor.is_denied("/api").await;
    let page = visitor.asks(back.location()).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    // A later click is a new try.
    assert_eq!(visitor.asks("/api").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn cancelling_stays_known_however_the_browser_writes_the_path() {
    let world = World::new().await;
    for path in ["/private%23top", "/x/../private", "/private%3Fa=%22b%22"] {
        let mut visitor = world.visitor();
        let page = visitor.opens(&format!("/login?return_to={path}")).await;
        let page = visitor.submits(&page, "cancel", &[]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(page.app_path().is_some(), "{path}");
    }
}

#[tokio::test]
async fn a_page_after_cancelling_ends_the_matter() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/login?return_to=/").await;
    let page = visitor.submits(&page, "cancel", &[]).await;
    assert_eq!(page.body, "Hello, stranger");
    assert!(
        visitor.opens("/private").await.body.contains("signInName"),
        "asked to sign in"
    );
}

#[tokio::test]
async fn a_handler_that_nothing_satisfies_ends_on_a_page() {
    let never = get(|| async { Challenge::sign_in().into_response() });
    let world = World::with()
        .routes(Router::new().route("/never", never))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let (hops, page) = visitor.is_sent_around("/never").await;
    assert!(hops < 20, "{hops} redirects");
    assert_eq!(page.status, StatusCode::LOOP_DETECTED);
    assert!(page.body.contains("again and again") && !page.body.contains("Try again"));
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn instances_that_share_no_sessions_end_on_a_page() {
    let world = World::new().await;
    let (one, two) = (world.app.clone(), world.second.clone());
    let turn = Arc::new(AtomicUsize::new(0));
    let balancer = Router::new().fallback(move |request: Request<Body>| {
        let odd = turn.fetch_add(1, Ordering::SeqCst) % 2 == 1;
        let app = if odd { two.clone() } else { one.clone() };
        async move { app.oneshot(request).await.unwrap() }
    });
    let world = World {
        app: balancer,
        ..world
    };
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    let form = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let callback = visitor.fills(&page, "signInName", &form.into()).await;
    let (hops, page) = visitor.is_sent_around(&callback).await;
    assert!(
        hops < 20,
        "{hops} redirects, then {} {}",
        page.status,
        page.url
    );
}

#[tokio::test]
async fn tokens_that_are_dead_on_arrival_end_on_a_page() {
    let stillborn = Meddler::new(|_, answer| {
        answer["expires_in"] = 0.into();
        answer.as_object_mut().unwrap().remove("refresh_token");
    });
    let world = World::with()
        .parts(move |builder| builder.http_client(stillborn.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let (hops, page) = visitor.is_sent_around("/api").await;
    assert!(hops < 20, "{hops} redirects");
    assert_eq!(page.status, StatusCode::LOOP_DETECTED);
}

#[tokio::test]
async fn a_script_that_is_told_to_sign_in_for_a_scope_gets_there() {
    let world = world_of_dead_tokens().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(minutes(62));
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let headers = [("accept", "application/json"), ("cookie", cookie.as_str())];
    let refused = visitor
        .sends_with(http::Method::GET, "/api", &headers)
        .await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let problem: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
    let sign_in = problem["sign_in"].as_str().unwrap();
    assert!(
        sign_in.starts_with("http://localhost:5000/login?scope="),
        "{sign_in}"
    );
    visitor.opens(&format!("{sign_in}&return_to=/")).await;
    assert!(visitor.asks("/api").await.body.starts_with("200 "));
}
