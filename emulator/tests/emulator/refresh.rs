//! Refresh tokens.

use std::time::Duration;

use b2c_emulator::Emulator;

use crate::support::{Bench, EDIT, SIGN_IN, changed, claims};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn refreshing_brings_new_tokens_with_the_old_claims() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    // Ada changes her name, but her sign-in keeps the old one.
    let page = bench.open(&bench.ask().at(EDIT)).await;
    bench
        .visitor
        .submit(
            &page,
            &[
                ("displayName", "Countess"),
                ("givenName", "A"),
                ("surname", "L"),
                ("city", "L"),
                ("country", "UK"),
            ],
        )
        .await
        .code();
    bench.emulator.advance_clock(Duration::from_secs(3000));

    let old = tokens["refresh_token"].as_str().unwrap().to_owned();
    let refreshed = bench.refresh(&old).await.json();
    assert_ne!(refreshed["refresh_token"], tokens["refresh_token"]);
    let (before, after) = (claims(&tokens["id_token"]), claims(&refreshed["id_token"]));
    assert_eq!(after["name"], "Ada Lovelace");
    assert_eq!(after["auth_time"], before["auth_time"]);
    assert_eq!(after["nonce"], before["nonce"]);
    assert!(after["iat"].as_i64() >= before["iat"].as_i64().map(|at| at + 3000));
    let members = |document: &serde_json::Value| {
        document
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(members(&refreshed), members(&tokens));

    // Microsoft does not say that a rotated token dies, so it lives.
    assert_eq!(bench.refresh(&old).await.status, 200);
}

#[tokio::test]
async fn rotated_tokens_die_where_that_is_wanted() {
    let mut bench = Bench::of(Emulator::builder().single_use_refresh_tokens(true)).await;
    let tokens = bench.tokens(&bench.ask()).await;
    let old = tokens["refresh_token"].as_str().unwrap();
    let new = bench.refresh(old).await.json();
    let (error, line) = bench.refresh(old).await.token_error();
    assert_eq!(error, "invalid_grant");
    assert_eq!(
        line,
        "AADB2C90129: The provided grant has been revoked. Please reauthenticate and try again."
    );
    assert_eq!(
        bench
            .refresh(new["refresh_token"].as_str().unwrap())
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_refresh_token_lives_14_days_and_its_line_90() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    let mut token = tokens["refresh_token"].as_str().unwrap().to_owned();
    for _ in 0..6 {
        bench.emulator.advance_clock(DAY * 13);
        token = bench.refresh(&token).await.json()["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned();
    }
    bench.emulator.advance_clock(DAY * 11);
    let last = bench.refresh(&token).await.json();
    assert!(last["refresh_token_expires_in"].as_i64().unwrap() <= 86_400);
    bench.emulator.advance_clock(DAY * 2);
    let (error, line) = bench
        .refresh(last["refresh_token"].as_str().unwrap())
        .await
        .token_error();
    assert_eq!(error, "invalid_grant");
    assert!(
        line.starts_with("AADB2C90080: The provided grant has expired."),
        "{line}"
    );

    let again = bench.open(&bench.ask().with("prompt", "login")).await;
    assert_eq!(again.status, 200);
}

#[tokio::test]
async fn other_scopes_of_the_application_may_be_asked_for() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    let client = bench.emulator.client().clone();
    let write = bench.emulator.api_scope("demo.write");
    let form: Vec<(String, String)> = [
        ("grant_type", "refresh_token"),
        ("client_id", client.client_id()),
        ("client_secret", client.client_secret()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("scope", &write),
    ]
    .iter()
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect();
    let refreshed = bench.token(SIGN_IN, &form).await.json();
    assert_eq!(claims(&refreshed["access_token"])["scp"], "demo.write");

    let code_as_token = changed(&form, "refresh_token", Some("eyJraWQiOiJ4In0..a.b.c"));
    let (_, line) = bench.token(SIGN_IN, &code_as_token).await.token_error();
    assert!(line.starts_with("AADB2C90085:"), "{line}");
    let missing = changed(&form, "refresh_token", None);
    let (_, line) = bench.token(SIGN_IN, &missing).await.token_error();
    assert!(line.ends_with("parameter: refresh_token."), "{line}");
}
