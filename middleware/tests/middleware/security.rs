//! What must not happen.

use std::collections::BTreeMap;

use http::{Method, StatusCode};

use crate::support::World;

#[tokio::test]
async fn every_sign_in_has_a_new_ticket_and_the_old_one_is_dead() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let second_tab = visitor.opens("/login").await;
    visitor.signs_in("/login").await;
    let old = visitor.cookies()["b2c-session-5000"].clone();
    // A sign-in page that was open in another tab all the while is finished now.
    let page = visitor
        .enters(&second_tab, "grace@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.body, "Hello, Grace Hopper");
    assert_ne!(visitor.cookies()["b2c-session-5000"], old);
    visitor.cookies().insert("b2c-session-5000".to_owned(), old);
    assert_eq!(visitor.opens("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn only_the_own_origin_can_sign_people_out() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        let page = visitor
            .sends_with(
                Method::POST,
                "/logout",
                &[("accept", "text/html"), (name, value)],
            )
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    assert_eq!(visitor.opens("/").await.body, "Hello, Ada Lovelace");
    let page = visitor
        .sends_with(
            Method::POST,
            "/logout",
            &[("sec-fetch-site", "same-origin")],
        )
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn scripts_and_grpc_get_answers_in_their_language() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor
        .sends_with(Method::GET, "/private", &[("sec-fetch-mode", "cors")])
        .await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(page.headers["content-type"], "application/problem+json");
    assert!(
        page.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("form-action=\"/login\"")
    );
    let page = visitor
        .sends_with(
            Method::POST,
            "/private",
            &[("content-type", "application/grpc")],
        )
        .await;
    assert_eq!(
        (page.status, &page.headers["grpc-status"]),
        (StatusCode::OK, &"16".parse().unwrap())
    );
    assert!(
        visitor.cookies().is_empty(),
        "no transaction is begun for them"
    );
}

#[tokio::test]
async fn the_authorization_request_has_all_its_protections() {
    let world = World::new().await;
    let answer = world.visitor().asks("/login").await;
    let url = url::Url::parse(answer.location()).unwrap();
    let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["redirect_uri"], "http://localhost:5000/getAToken");
    for (name, length) in [("state", 43), ("nonce", 43), ("code_challenge", 43)] {
        assert_eq!(query[name].len(), length, "{name}");
    }
    let demo = "https://b2cemulator.onmicrosoft.com/demo-api/demo.read";
    assert_eq!(query["scope"], format!("openid offline_access {demo}"));
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=900"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }
    for secret in [&query["state"], &query["nonce"]] {
        assert!(!cookie.contains(secret.as_str()), "sealed");
    }
}

#[tokio::test]
async fn https_apps_get_host_bound_secure_cookies() {
    let world = World::with()
        .config(|file| file.set("app.base_url", "https://app.example"))
        .build()
        .await;
    let page = world
        .visitor()
        .sends_with(Method::GET, "/login", &[("accept", "text/html")])
        .await;
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-b2c-tx-") && cookie.contains("Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn pending_sign_ins_stay_below_the_limits_of_proxies() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    for number in 0..9 {
        visitor
            .asks(&format!("/private?{number}{}", "a".repeat(900)))
            .await;
    }
    let size: usize = visitor
        .cookies()
        .iter()
        .map(|(name, value)| name.len() + value.len() + 3)
        .sum();
    assert!(size < 6000, "{size} bytes of cookies");
    // Too long to keep whole: the path at least.
    let page = visitor
        .signs_in(&format!("/private?{}", "a".repeat(2000)))
        .await;
    assert_eq!(page.app_path(), Some("/private"));
}

#[tokio::test]
async fn anybodys_link_with_an_error_is_no_error_of_ours() {
    let world = World::new().await;
    let page = world
        .visitor()
        .asks("/getAToken?error=invalid_client")
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}
