//! What the emulator remembers of its requests.

use std::time::Duration;

use b2c_emulator::{Emulator, Endpoint, Outcome, RecordedRequest};

use crate::support::{Bench, PATIENCE, SIGN_IN, VERIFIER};

#[tokio::test]
async fn requests_are_recorded_without_secrets() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    bench.me(tokens["access_token"].as_str().unwrap()).await;
    let hint = format!("?id_token_hint={}", tokens["id_token"].as_str().unwrap());
    let path = format!(
        "/{}/{SIGN_IN}/oauth2/v2.0/logout{hint}",
        bench.emulator.tenant()
    );
    bench.visitor.get(&path).await;
    bench.redeem("garbage").await;

    let requests = bench.emulator.requests();
    let endpoints: Vec<Option<Endpoint>> = requests.iter().map(RecordedRequest::endpoint).collect();
    assert_eq!(
        endpoints,
        [
            Some(Endpoint::Authorize),
            None,
            Some(Endpoint::Token),
            Some(Endpoint::Api),
            Some(Endpoint::Logout),
            Some(Endpoint::Token)
        ]
    );
    assert_eq!(requests[0].method(), "GET");
    assert!(requests[0].path().ends_with("/oauth2/v2.0/authorize"));
    assert_eq!(requests[0].query_value("state"), Some("s t/1"));
    assert_eq!(requests[0].user_flow(), Some(SIGN_IN));
    assert_eq!(
        requests[0].client_id(),
        Some(bench.emulator.client().client_id())
    );
    assert_eq!(requests[4].query_value("id_token_hint"), Some("[redacted]"));
    assert_eq!(requests[5].outcome().error_code(), Some("AADB2C90090"));
    assert!(
        requests[..5]
            .iter()
            .all(|request| request.outcome() == &Outcome::Accepted)
    );

    let everything = format!("{requests:?} {:?}", bench.emulator);
    for secret in [
        "Passw0rd!",
        bench.emulator.client().client_secret(),
        VERIFIER,
        "eyJraWQiOi",
        "eyJ0eXAiOi",
    ] {
        assert!(!everything.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn only_the_last_500_are_kept() {
    let mut bench = Bench::new().await;
    for number in 0..510 {
        bench.visitor.get(&format!("/x?number={number}")).await;
    }
    let requests = bench.emulator.requests();
    assert_eq!(requests.len(), 500);
    assert_eq!(requests[0].query_value("number"), Some("10"));
    assert_eq!(requests[0].outcome().error_code(), Some("HTTP 404"));
}

#[tokio::test]
async fn a_test_waits_for_what_happens_and_no_longer() {
    let bench = Bench::new().await;
    let emulator = &bench.emulator;
    let mut visitor = bench.visitor.clone();
    let has_come = |emulator: &Emulator| {
        let requests = emulator.requests();
        requests
            .iter()
            .any(|request| request.path() == "/waited-for")
    };
    let soon = Duration::from_millis(50);
    assert!(!emulator.wait_until(soon, has_come).await);
    // A reset takes the records away, and nobody waits for those.
    let waiting = emulator.wait_until(PATIENCE, has_come);
    let acting = async {
        emulator.reset();
        visitor.get("/waited-for").await
    };
    let (came, page) = tokio::join!(waiting, acting);
    assert!(came);
    assert_eq!(page.status, 404);
    assert!(emulator.wait_until(Duration::ZERO, has_come).await);
    assert_eq!(emulator.requests_under_way(), 0);
}
