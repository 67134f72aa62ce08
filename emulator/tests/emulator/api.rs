//! The protected sample API.

use reqwest::Method;

use crate::support::{Bench, SIGN_IN};

#[tokio::test]
async fn a_good_token_is_greeted() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    let page = bench.me(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let me = page.json();
    assert_eq!(me["name"], "Ada Lovelace");
    assert_eq!(me["scp"], "demo.read");
    assert_eq!(me["user_flow"], SIGN_IN);
    assert_eq!(me["sub"], bench.emulator.users()[0].object_id());
    assert!(me["message"].as_str().unwrap().contains("Ada Lovelace"));
}

#[tokio::test]
async fn without_a_token_there_is_a_challenge() {
    let mut bench = Bench::new().await;
    for headers in [
        &[][..],
        &[("authorization", "Basic YTpi")],
        &[("authorization", "x")],
    ] {
        let page = bench
            .visitor
            .request(Method::GET, "/api/me", headers, Vec::new())
            .await;
        assert_eq!(page.status, 401);
        assert_eq!(
            page.header("www-authenticate"),
            r#"Bearer realm="b2c-emulator", scope="demo.read""#
        );
    }
    let page = bench
        .visitor
        .request(Method::POST, "/api/me", &[], Vec::new())
        .await;
    assert_eq!(page.status, 405);
}

#[tokio::test]
async fn a_bad_token_is_invalid() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    let good = tokens["access_token"].as_str().unwrap();
    let (rest, signature) = good.rsplit_once('.').unwrap();
    let id_token = tokens["id_token"].as_str().unwrap();
    let forged = format!("{rest}.{}", signature.chars().rev().collect::<String>());
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", rest.split_once('.').unwrap().1);
    for token in ["x", "a.b.c", "..", id_token, &forged, &unsigned, rest] {
        let page = bench.me(token).await;
        assert_eq!(page.status, 401, "{token}");
        let challenge = page.header("www-authenticate");
        assert!(
            challenge.contains(r#"error="invalid_token", error_description=""#),
            "{challenge}"
        );
    }
}

#[tokio::test]
async fn a_token_without_the_scope_is_not_enough() {
    let mut bench = Bench::new().await;
    let write = format!("openid {}", bench.emulator.api_scope("demo.write"));
    let tokens = bench.tokens(&bench.ask().with("scope", &write)).await;
    let page = bench.me(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(page.status, 403);
    assert!(
        page.header("www-authenticate")
            .contains(r#"error="insufficient_scope""#)
    );
    assert_eq!(page.json()["error"], "insufficient_scope");
}

#[tokio::test]
async fn tokens_outlive_the_rotation_of_their_key_but_not_its_removal() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    let token = tokens["access_token"].as_str().unwrap();
    bench.emulator.rotate_signing_key();
    assert_eq!(bench.me(token).await.status, 200);
    bench.emulator.drop_old_signing_keys();
    assert_eq!(bench.me(token).await.status, 401);
}
