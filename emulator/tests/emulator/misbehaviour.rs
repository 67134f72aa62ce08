//! What a healthy B2C would not do.

use std::time::{Duration, Instant};

use b2c_emulator::{Emulator, Endpoint, Misbehaviour, Outcome};
use serde_json::Value;

use crate::support::{Bench, PATIENCE, claims, header_of};

const KEYS: &str = "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/discovery/v2.0/keys";
const METADATA: &str =
    "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/v2.0/.well-known/openid-configuration";

#[tokio::test]
async fn an_endpoint_misbehaves_until_it_is_told_to_stop() {
    let mut bench = Bench::new().await;
    bench
        .emulator
        .misbehave(Endpoint::Keys, Misbehaviour::Status(503));
    assert_eq!(bench.visitor.get(KEYS).await.status, 503);
    assert_eq!(bench.visitor.get(METADATA).await.status, 200);
    bench
        .emulator
        .misbehave(Endpoint::Metadata, Misbehaviour::Html);
    let page = bench.visitor.get(METADATA).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );

    bench.emulator.behave();
    assert_eq!(bench.visitor.get(KEYS).await.status, 200);
    bench
        .emulator
        .misbehave(Endpoint::Metadata, Misbehaviour::TruncatedJson);
    let page = bench.visitor.get(METADATA).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body.starts_with("{\"issuer\"") && serde_json::from_str::<Value>(&page.body).is_err()
    );
}

#[tokio::test]
async fn an_answer_can_be_slow_or_never_come() {
    let mut bench = Bench::new().await;
    bench.emulator.misbehave(
        Endpoint::Keys,
        Misbehaviour::Delay(Duration::from_millis(80)),
    );
    let start = Instant::now();
    assert_eq!(bench.visitor.get(KEYS).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(80));

    bench.emulator.misbehave(Endpoint::Keys, Misbehaviour::Hang);
    tokio::select! {
        answer = bench.visitor.get(KEYS) => panic!("it answers {}", answer.status),
        has_come = bench.emulator.wait_until(PATIENCE, |emulator| emulator.requests_under_way() == 1) => {
            assert!(has_come);
        }
    }
    // What nobody waited for is recorded as well.
    let unanswered = Outcome::Refused("no answer".to_owned());
    let is_recorded =
        |emulator: &Emulator| emulator.requests().last().unwrap().outcome() == &unanswered;
    assert!(bench.emulator.wait_until(PATIENCE, is_recorded).await);
    assert_eq!(bench.emulator.requests_under_way(), 0);
    let last = bench.emulator.requests().pop().unwrap();
    assert_eq!((last.outcome(), last.status()), (&unanswered, None));
    // A hanging request does not keep the emulator from stopping.
    let mut visitor = bench.visitor.clone();
    let hanging = tokio::spawn(async move { visitor.get(KEYS).await });
    let has_come = |emulator: &Emulator| emulator.requests_under_way() == 1;
    assert!(bench.emulator.wait_until(PATIENCE, has_come).await);
    let start = Instant::now();
    bench.emulator.shutdown().await;
    assert!(start.elapsed() < Duration::from_secs(10));
    hanging.abort();
}

#[tokio::test]
async fn tokens_can_lie() {
    for misbehaviour in [
        Misbehaviour::WrongIssuer,
        Misbehaviour::WrongAudience,
        Misbehaviour::WrongNonce,
        Misbehaviour::WrongPolicy,
        Misbehaviour::BadSignature,
        Misbehaviour::UnknownKid,
        Misbehaviour::Expired,
        Misbehaviour::AlgNone,
    ] {
        let mut bench = Bench::new().await;
        let honest = bench.tokens(&bench.ask()).await;
        bench
            .emulator
            .misbehave(Endpoint::Token, misbehaviour.clone());
        let refresh_token = honest["refresh_token"].as_str().unwrap();
        let lying = bench.refresh(refresh_token).await.json();
        let (was, is) = (claims(&honest["id_token"]), claims(&lying["id_token"]));
        let (old_header, header) = (
            header_of(&honest["id_token"]),
            header_of(&lying["id_token"]),
        );
        let changed = match misbehaviour {
            Misbehaviour::WrongIssuer => was["iss"] != is["iss"],
            Misbehaviour::WrongAudience => was["aud"] != is["aud"],
            Misbehaviour::WrongNonce => was["nonce"] != is["nonce"],
            Misbehaviour::WrongPolicy => was["tfp"] != is["tfp"],
            Misbehaviour::UnknownKid => old_header["kid"] != header["kid"],
            Misbehaviour::Expired => is["exp"].as_i64() < was["iat"].as_i64(),
            Misbehaviour::AlgNone => {
                header["alg"] == "none" && lying["id_token"].as_str().unwrap().ends_with('.')
            }
            _ => old_header == header,
        };
        assert!(changed, "{misbehaviour:?}: {header} {is}");
        assert_eq!(is["b2c_emulator"], true);
        let api_cares = !matches!(
            misbehaviour,
            Misbehaviour::WrongNonce | Misbehaviour::WrongPolicy
        );
        let status = bench
            .me(lying["access_token"].as_str().unwrap())
            .await
            .status;
        assert_eq!(
            status,
            if api_cares { 401 } else { 200 },
            "{misbehaviour:?}"
        );
    }
}

#[tokio::test]
async fn the_token_response_can_lack_something() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    for (misbehaviour, gone) in [
        (Misbehaviour::NoIdToken, "id_token"),
        (Misbehaviour::NoAccessToken, "access_token"),
    ] {
        bench.emulator.misbehave(Endpoint::Token, misbehaviour);
        let answer = bench.refresh(refresh_token).await.json();
        assert_eq!(answer.get(gone), None);
        bench.emulator.behave();
    }
    bench
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::NumbersAsStrings);
    let answer = bench.refresh(refresh_token).await.json();
    assert_eq!(answer["expires_in"], "3600");
    assert!(answer["not_before"].is_string());
}
