//! Single-page and installed applications.

use std::time::Duration;

use b2c_emulator::{Client, Emulator};
use reqwest::Method;

use crate::support::{Ask, Bench, Page, SIGN_IN, VERIFIER, changed};

const SPA: &str = "http://localhost:3000/callback";

async fn bench() -> (Bench, Ask) {
    let client = Client::public("spa")
        .spa_redirect_uri(SPA)
        .native_redirect_uri("myapp://signed-in");
    let bench = Bench::of(Emulator::builder().client(client)).await;
    let ask = bench
        .ask()
        .with("client_id", "spa")
        .with("redirect_uri", SPA);
    (bench, ask)
}

fn redemption(code: &str, redirect_uri: &str) -> Vec<(String, String)> {
    [
        ("grant_type", "authorization_code"),
        ("client_id", "spa"),
        ("redirect_uri", redirect_uri),
        ("code", code),
        ("code_verifier", VERIFIER),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

async fn refreshed(bench: &mut Bench, token: &str) -> Page {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "spa"),
        ("refresh_token", token),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    bench.token(SIGN_IN, &form).await
}

#[tokio::test]
async fn a_page_must_present_a_challenge() {
    let (mut bench, ask) = bench().await;
    let page = bench.open(&ask.without("code_challenge")).await;
    assert_eq!(page.error_code(), "AADB2C99059");
    assert_eq!(page.parameter("error").unwrap(), "invalid_request");
}

#[tokio::test]
async fn a_public_client_has_no_secret() {
    let (mut bench, ask) = bench().await;
    let code = bench.sign_in(&ask).await.code();
    let form = redemption(&code, SPA);
    let wrong = changed(&form, "client_secret", Some("x"));
    let (error, text) = bench.token(SIGN_IN, &wrong).await.token_error();
    assert_eq!(error, "invalid_request");
    assert_eq!(
        text,
        "AADB2C90084: Public clients should not send a client_secret when redeeming a publicly \
         acquired grant."
    );
    assert_eq!(bench.token(SIGN_IN, &form).await.status, 200);
}

#[tokio::test]
async fn a_page_refreshes_for_a_day_and_no_longer() {
    let (mut bench, ask) = bench().await;
    let code = bench.sign_in(&ask).await.code();
    let first = bench.token(SIGN_IN, &redemption(&code, SPA)).await.json();
    assert_eq!(first["refresh_token_expires_in"], 86_400);
    bench.emulator.advance_clock(Duration::from_secs(80_000));
    let second = refreshed(&mut bench, first["refresh_token"].as_str().unwrap()).await;
    let second = second.json();
    let left = second["refresh_token_expires_in"].as_i64().unwrap();
    assert!((6_300..=6_400).contains(&left), "{left}");
    bench.emulator.advance_clock(Duration::from_secs(6_500));
    let third = refreshed(&mut bench, second["refresh_token"].as_str().unwrap()).await;
    assert!(third.token_error().1.starts_with("AADB2C90080"));
}

#[tokio::test]
async fn an_installed_application_needs_neither_secret_nor_challenge() {
    let (mut bench, ask) = bench().await;
    let ask = ask
        .with("redirect_uri", "myapp://signed-in")
        .without("code_challenge");
    let code = bench.sign_in(&ask).await.code();
    let form = changed(
        &redemption(&code, "myapp://signed-in"),
        "code_verifier",
        None,
    );
    let tokens = bench.token(SIGN_IN, &form).await.json();
    assert_eq!(tokens["refresh_token_expires_in"], 14 * 86_400);
}

#[tokio::test]
async fn only_the_origins_of_pages_may_read_the_token_endpoint() {
    let (mut bench, _) = bench().await;
    let path = format!("/{}/{SIGN_IN}/oauth2/v2.0/token", bench.emulator.tenant());
    for (origin, allowed) in [
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://localhost:5000", ""),
        ("null", ""),
    ] {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "x-client-sku"),
        ];
        let visitor = &mut bench.visitor;
        let preflight = visitor
            .request(Method::OPTIONS, &path, &headers, Vec::new())
            .await;
        assert_eq!(preflight.status, 204);
        assert_eq!(preflight.header("access-control-allow-origin"), allowed);
        let answer = visitor
            .request(Method::POST, &path, &headers, Vec::new())
            .await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
    }
}
