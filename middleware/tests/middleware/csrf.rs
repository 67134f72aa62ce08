//! Requests that change something must be the app's own.

use axum::Router;
use axum::routing::any;
use http::{Method, StatusCode};

use crate::support::{Page, Visitor, World};

const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");
const SIBLING: (&str, &str) = ("sec-fetch-site", "same-site");
const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
const SPA: (&str, &str) = ("origin", "https://spa.contoso.com");
const HTML: (&str, &str) = ("accept", "text/html");
const X_CSRF: (&str, &str) = ("x-csrf", "1");

fn routes() -> Router {
    Router::new()
        .route("/order", any(|| async { "carried out" }))
        .route("/hooks/payment", any(|| async { "carried out" }))
}

async fn world(settings: &'static [(&'static str, &'static [&'static str])]) -> World {
    let world = World::with().routes(routes()).config(move |file| {
        settings
            .iter()
            .fold(file, |file, (key, values)| match *values {
                [one] if *key == "app.csrf" => file.set(*key, *one),
                many => {
                    let many: Vec<_> = many.iter().map(|&value| value.to_owned()).collect();
                    file.set(*key, many)
                }
            })
    });
    world.build().await
}

async fn asks(visitor: &Visitor<'_>, method: Method, path: &str, headers: &[(&str, &str)]) -> Page {
    visitor.sends_with(method, path, headers).await
}

#[tokio::test]
async fn other_sites_cannot_change_anything_for_a_signed_in_user() {
    let world = world(&[]).await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        for headers in [
            &[CROSS][..],
            &[SIBLING],
            &[CROSS, HTML, ("sec-fetch-mode", "navigate")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            // No header of the caller's own speaks for it: CORS may be set too wide.
            &[CROSS, X_CSRF],
            &[SPA, CROSS],
        ] {
            let page = asks(&visitor, method.clone(), "/order", headers).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{method} {headers:?}");
            assert!(page.body.contains("another site"), "{}", page.body);
        }
        for headers in [&[SAME][..], &[("origin", "http://localhost:5000")], &[]] {
            let page = asks(&visitor, method.clone(), "/order", headers).await;
            assert_eq!(page.body, "carried out", "{method} {headers:?}");
        }
    }
}

#[tokio::test]
async fn reading_is_never_refused_and_strangers_have_nothing_to_lose() {
    let world = world(&[("app.csrf", &["header"])]).await;
    let mut visitor = world.visitor();
    // A webhook, or a payment's return by a form: no session comes with it.
    let page = asks(&visitor, Method::POST, "/order", &[CROSS, HTML]).await;
    assert_eq!(page.body, "carried out");
    visitor.signs_in("/login").await;
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        let page = asks(&visitor, method.clone(), "/order", &[CROSS]).await;
        assert_eq!(page.status, StatusCode::OK, "{method}");
    }
}

#[tokio::test]
async fn a_web_sockets_handshake_is_judged_as_if_it_changed_something() {
    let world = world(&[]).await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let upgrade = ("upgrade", "websocket");
    let evil = ("origin", "https://evil.example");
    let page = asks(&visitor, Method::GET, "/order", &[upgrade, evil]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let own = ("origin", "http://localhost:5000");
    let page = asks(&visitor, Method::GET, "/order", &[upgrade, own]).await;
    assert_eq!(page.body, "carried out");
}

#[tokio::test]
async fn trusted_origins_and_exempt_paths_are_let_through() {
    let world = world(&[
        ("app.trusted_origins", &["https://spa.contoso.com"]),
        ("app.csrf_exempt", &["/hooks/"]),
    ])
    .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let page = asks(&visitor, Method::POST, "/order", &[SPA, SIBLING]).await;
    assert_eq!(page.body, "carried out");
    let evil = ("origin", "https://spa.contoso.com.evil");
    let page = asks(&visitor, Method::POST, "/order", &[evil]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let page = asks(&visitor, Method::POST, "/hooks/payment", &[CROSS]).await;
    assert_eq!(page.body, "carried out");
    let page = asks(&visitor, Method::POST, "/hooks/../order", &[CROSS]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn scripts_can_be_made_to_show_a_header_that_forms_cannot_send() {
    let world = world(&[("app.csrf", &["header"])]).await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let page = asks(&visitor, Method::POST, "/order", &[SAME]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let problem: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(problem["reason"], "csrf_header_missing");
    assert!(problem["detail"].as_str().unwrap().contains("X-CSRF: 1"));

    let form = [SAME, HTML, ("sec-fetch-mode", "navigate")];
    for headers in [
        &[SAME, X_CSRF][..],
        &[X_CSRF],
        &form,
        &[("content-type", "application/grpc-web+proto"), SAME],
    ] {
        let page = asks(&visitor, Method::POST, "/order", headers).await;
        assert_eq!(page.body, "carried out", "{headers:?}");
    }
    for headers in [&[HTML][..], &[], &[("x-csrf", "")], &[CROSS, X_CSRF]] {
        let page = asks(&visitor, Method::POST, "/order", headers).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
}

#[tokio::test]
async fn the_defence_can_be_switched_off() {
    let world = world(&[("app.csrf", &["off"])]).await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let page = asks(&visitor, Method::POST, "/order", &[CROSS]).await;
    assert_eq!(page.body, "carried out");
    // Signing out is the layer's own and stays defended.
    let page = asks(&visitor, Method::POST, "/logout", &[CROSS]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}
