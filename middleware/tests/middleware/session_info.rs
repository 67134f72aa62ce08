//! What a front end in the browser may know of the session.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::Value;

use crate::support::{Page, Shared, Visitor, World};

const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");

async fn asks(visitor: &Visitor<'_>, headers: &[(&str, &str)]) -> (Page, Value) {
    let page = visitor.sends_with(Method::GET, "/session", headers).await;
    let body = serde_json::from_str(&page.body).unwrap();
    (page, body)
}

#[tokio::test]
async fn a_front_end_learns_who_is_signed_in_and_for_how_long() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let (page, stranger) = asks(&visitor, &[SAME]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(stranger["signed_in"], false);
    assert_eq!(stranger["sign_in"], "http://localhost:5000/login");
    assert!(stranger.get("claims").is_none());

    visitor.signs_in("/login").await;
    let (page, session) = asks(&visitor, &[SAME]).await;
    assert_eq!(page.headers["content-type"], "application/json");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["cross-origin-resource-policy"], "same-origin");
    assert_eq!(session["signed_in"], true);
    assert_eq!(session["claims"]["name"], "Ada Lovelace");
    assert!(session["claims"]["sub"].is_string());
    for protocol in ["iss", "aud", "nonce", "exp", "at_hash"] {
        assert!(session["claims"].get(protocol).is_none(), "{protocol}");
    }
    assert_eq!(session["expires_in"], 3600);
    assert_eq!(session["absolute_expires_in"], 8 * 3600);
    assert_eq!(session["sign_out"], "http://localhost:5000/logout");
}

#[tokio::test]
async fn only_listed_claims_are_told() {
    for (listed, told) in [(vec!["name", "iss"], 2), (vec![], 0)] {
        let listed: Vec<_> = listed.into_iter().map(str::to_owned).collect();
        let world = World::with()
            .config(|file| file.set("app.session_claims", listed))
            .build()
            .await;
        let mut visitor = world.visitor();
        visitor.signs_in("/login").await;
        let (_, session) = asks(&visitor, &[SAME]).await;
        assert_eq!(session["claims"].as_object().unwrap().len(), told);
    }
}

#[tokio::test]
async fn asking_again_and_again_does_not_keep_the_session_alive() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    for minute in (10..60).step_by(10) {
        world.wait(Duration::from_secs(600));
        let (_, session) = asks(&visitor, &[SAME]).await;
        assert_eq!(session["expires_in"], (60 - minute) * 60);
    }
    visitor.opens("/").await;
    let (_, session) = asks(&visitor, &[SAME]).await;
    assert_eq!(session["expires_in"], 3600, "a page does");
    world.wait(Duration::from_secs(3601));
    let (_, session) = asks(&visitor, &[SAME]).await;
    assert_eq!(session["signed_in"], false);
    assert_eq!(visitor.opens("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn a_sign_out_on_another_instance_is_seen() {
    let store = Shared::default();
    let world = World::with()
        .parts(move |builder| builder.store(store.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let sign_out = http::Request::post("/logout").header("cookie", cookie);
    let sign_out = sign_out.body(axum::body::Body::empty()).unwrap();
    tower::ServiceExt::oneshot(world.second.clone(), sign_out)
        .await
        .unwrap();
    let (_, session) = asks(&visitor, &[SAME]).await;
    assert_eq!(session["signed_in"], false);
    assert_eq!(visitor.opens("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn other_sites_are_told_nothing() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[],
    ] {
        let (page, problem) = asks(&visitor, headers).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert_eq!(problem["reason"], "csrf_header_missing");
        assert!(!page.body.contains("Ada"));
    }
    // CORS decides whether a script of another origin may send this header.
    for headers in [
        &[("x-csrf", "1")][..],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-site"), ("x-csrf", "1")],
    ] {
        let (page, _) = asks(&visitor, headers).await;
        assert_eq!(page.status, StatusCode::OK, "{headers:?}");
    }
    let page = visitor.sends_with(Method::POST, "/session", &[SAME]).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
}
