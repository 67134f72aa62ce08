//! Keys that rotate, providers that are away, and tokens that were seen before.

use std::time::Duration;

use b2c_emulator::{Emulator, Endpoint, Forgery, Misbehaviour};
use http::StatusCode;

use super::own_provider::{Kind, OwnProvider};
use super::{ADA, AUDIENCE, Api};

const MINUTE: Duration = Duration::from_secs(60);
const ES256: &str = "signing_algorithms = [\"ES256\"]";

#[tokio::test]
async fn a_token_seen_before_costs_no_request_and_lives_no_longer_than_it_says() {
    let api = Api::new().await;
    let token = api.forge(&Forgery::access_token(ADA).expires_in(600));
    for _ in 0..20 {
        assert_eq!(api.gets("/", &token).await.status, StatusCode::OK);
    }
    assert_eq!(api.fetches(), 2, "one document, one key set");
    // Ten minutes, and two for clocks that differ.
    // The provider's clock goes on meanwhile.
    api.wait(11 * MINUTE + Duration::from_secs(30));
    assert_eq!(api.gets("/", &token).await.status, StatusCode::OK);
    api.wait(MINUTE + Duration::from_secs(30));
    let answer = api.gets("/", &token).await;
    assert_eq!(answer.reason(), "token_expired");
    // A clock that is set back brings nothing back by itself: it is verified anew.
    api.clock.set(std::time::SystemTime::UNIX_EPOCH);
    let answer = api.gets("/", &token).await;
    assert_eq!(answer.reason(), "invalid_token");
}

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it() {
    let api = Api::new().await;
    let old = api.token();
    assert_eq!(api.gets("/", &old).await.status, StatusCode::OK);
    api.emulator.rotate_signing_key();
    let new = api.token();
    assert_eq!(api.gets("/", &new).await.status, StatusCode::OK);
    assert_eq!(api.gets("/", &old).await.status, StatusCode::OK, "grace");
    assert_eq!(api.fetches(), 4);
}

#[tokio::test]
async fn a_key_that_is_withdrawn_takes_remembered_tokens_along() {
    let api = Api::new().await;
    let old = api.token();
    assert_eq!(api.gets("/", &old).await.status, StatusCode::OK);
    api.emulator.rotate_signing_key_without_grace();
    assert_eq!(
        api.gets("/", &old).await.status,
        StatusCode::OK,
        "not known yet"
    );
    assert_eq!(api.gets("/", &api.token()).await.status, StatusCode::OK);
    let answer = api.gets("/", &old).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
}

#[tokio::test]
async fn ten_thousand_unknown_keys_cause_one_request_a_minute() {
    let provider = OwnProvider::new(Kind::Es256);
    let api = provider.api(ES256, "");
    let good = provider.token("at+jwt", |_| {});
    assert_eq!(api.gets(&good).await.status, StatusCode::OK);
    let before = provider.requests();
    let claims = good.split('.').nth(1).unwrap().to_owned();
    let forge = |number: usize| {
        use base64::Engine as _;
        let header = format!("{{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"{number}\"}}");
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header);
        format!("{header}.{claims}.AAAA")
    };
    for number in 0..10_000 {
        let answer = api.gets(&forge(number)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(provider.requests() - before, 2, "one document, one key set");
    assert_eq!(api.gets(&good).await.status, StatusCode::OK);
    provider.clock().advance(MINUTE);
    for number in 0..100 {
        api.gets(&forge(number)).await;
    }
    assert_eq!(provider.requests() - before, 4);
}

#[tokio::test]
async fn the_last_known_keys_serve_while_the_provider_is_away() {
    let provider = OwnProvider::new(Kind::Es256);
    let api = provider.api(ES256, "");
    let short = || provider.token("at+jwt", |_| {});
    assert_eq!(api.gets(&short()).await.status, StatusCode::OK);
    provider.is_away(true);
    // Longer than metadata is believed to be fresh: it is renewed, in vain.
    provider.clock().advance(90 * MINUTE);
    let asked = provider.requests();
    assert_eq!(api.gets(&short()).await.status, StatusCode::OK);
    settle(|| provider.requests() > asked).await;
    assert_eq!(api.gets(&short()).await.status, StatusCode::OK);
    // Nor does a key that is not known make it fail for those that are.
    provider.rotates();
    let unknown = api.gets(&short()).await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED, "{}", unknown.body);

    provider.is_away(false);
    provider.clock().advance(2 * MINUTE);
    assert_eq!(api.gets(&short()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn keys_are_renewed_behind_the_requests() {
    let provider = OwnProvider::new(Kind::Es256);
    let api = provider.api(ES256, "");
    let token = provider.token("at+jwt", |claims| claims["exp"] = 9_999_999_999_u64.into());
    assert_eq!(api.gets(&token).await.status, StatusCode::OK);
    let asked = provider.requests();
    provider.rotates();
    provider.clock().advance(61 * MINUTE);
    // The answer does not wait for the new keys; the next one goes by them.
    assert_eq!(api.gets(&token).await.status, StatusCode::OK);
    settle(|| provider.requests() == asked + 2).await;
    settle_answers(&api, &token, StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn an_api_starts_without_its_provider() {
    let port = loopback::free_port();
    let base = format!("http://localhost:{port}");
    let api = Api::build(
        |builder| builder,
        move |_| {
            format!(
                "[provider]\nemulator = true\ninstance = \"{base}\"\ntenant = \"b2cemulator\"\n\
                 user_flows = {{ sign_up_sign_in = \"B2C_1_signupsignin1\" }}\n\
                 [api]\naudiences = [\"{AUDIENCE}\"]"
            )
        },
        |builder| builder,
    )
    .await;
    let answer = api.gets("/", &api.token()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.reason(), "provider_unavailable");
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(answer.challenge(), "");
    let grpc = [
        ("content-type", b"application/grpc".to_vec()),
        (
            "authorization",
            format!("Bearer {}", api.token()).into_bytes(),
        ),
    ];
    let grpc = grpc
        .each_ref()
        .map(|(name, value)| (*name, value.as_slice()));
    let answer = api.sends("/", &grpc).await;
    assert_eq!(answer.headers["grpc-status"], "14");

    let readiness = api.layer.readiness();
    assert!(!readiness.is_ready());
    let problem = readiness.providers()[0].to_string();
    assert!(
        problem.contains("default: ") && problem.contains("refused"),
        "{problem}"
    );

    let late = Emulator::builder().port(port).start().await.unwrap();
    api.clock.advance(Duration::from_secs(3));
    let token = late.forge(&Forgery::access_token(ADA)).unwrap();
    let answer = api.gets("/", &token).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(readiness.is_ready());
}

#[tokio::test]
async fn the_provider_is_asked_before_the_first_token_comes() {
    let lines = "user_flows = [\"B2C_1_profileediting1\", \"sign_up_sign_in\"]";
    let api = Api::with(lines, |builder| builder.discover_at_start(true)).await;
    let readiness = api.layer.readiness();
    let ready = tokio::time::timeout(Duration::from_secs(10), readiness.ready());
    ready.await.expect("the provider was asked at start");
    settle(|| api.fetches() == 4).await;
    assert_eq!(api.gets("/", &api.token()).await.status, StatusCode::OK);
    assert_eq!(api.fetches(), 4, "a document and a key set for each flow");
}

#[tokio::test]
async fn a_crowd_causes_one_request() {
    let api = Api::new().await;
    let slow = Misbehaviour::Delay(Duration::from_millis(200));
    api.emulator.misbehave(Endpoint::Metadata, slow);
    let token = api.token();
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (app, token) = (api.app.clone(), token.clone());
        crowd.spawn(async move {
            let authorization = format!("Bearer {token}");
            let headers = [("authorization", authorization.as_bytes())];
            super::send(&app, "/", &headers).await.status
        });
    }
    while let Some(status) = crowd.join_next().await {
        assert_eq!(status.unwrap(), StatusCode::OK);
    }
    assert_eq!(api.fetches(), 2);
}

async fn settle(mut holds: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never came to that");
}

async fn settle_answers(api: &super::own_provider::OwnApi, token: &str, status: StatusCode) {
    for _ in 0..6000 {
        if api.gets(token).await.status == status {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it was never {status}");
}
