//! Who asks the providers for their keys, and who learns of the answer, while settings change.

use std::time::{Duration, Instant};

use b2c_emulator::{Endpoint, Misbehaviour};
use http::StatusCode;
use tower_b2c::Config;
use tracing::Level;

use super::own_provider::{Kind, OwnProvider};
use super::{Api, own_tenant};
use crate::reload::until;
use crate::support::Log;

#[tokio::test]
async fn settings_that_come_while_the_provider_is_asked_learn_of_its_answer() {
    let api = Api::new().await;
    let slow = Misbehaviour::Delay(Duration::from_secs(2));
    api.emulator.misbehave(Endpoint::Metadata, slow);
    let (token, app) = (api.token(), api.app.clone());
    let caller = tokio::spawn(async move {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_bytes())];
        super::send(&app, "/", &headers).await.status
    });
    until("it is asked", || api.emulator.requests_under_way() == 1).await;
    let flows = "user_flows = [\"B2C_1_signupsignin1\", \"B2C_1_profileediting1\"]";
    let text = own_tenant(&api.emulator, flows);
    let config = Config::from_text(text).environment::<&str, &str>([]);
    let reloaded = api.layer.reload_with(config.load_api().unwrap()).unwrap();
    assert!(reloaded.changes().eq(["tokens of provider default"]));
    let readiness = api.layer.readiness();
    assert!(!readiness.is_ready(), "nobody has answered yet");
    assert_eq!(api.emulator.requests_under_way(), 1);
    let ready = tokio::time::timeout(Duration::from_secs(30), readiness.ready());
    ready.await.expect("the first of its user flows is known");
    assert_eq!(caller.await.unwrap(), StatusCode::OK);
    assert_eq!(api.fetches(), 2, "metadata and keys, once");
}

#[tokio::test]
async fn reloads_that_change_nothing_ask_nobody() {
    let provider = OwnProvider::new(Kind::Es256);
    provider.is_away(true);
    let begun = Instant::now();
    let layer = provider.layer_with("signing_algorithms = [\"ES256\"]", "", |builder| {
        builder.discover_at_start(true)
    });
    until("it is asked at the start", || provider.requests() == 1).await;
    for _ in 0..8 {
        // Longer than nobody asks after a failure.
        provider.clock().advance(Duration::from_secs(3));
        assert!(layer.reload().await.unwrap().is_empty());
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    // The one that asks until there is an answer does so after three seconds, and then less often.
    let own = usize::try_from(begun.elapsed().as_secs() / 3).unwrap();
    assert!(provider.requests() <= 1 + own, "{}", provider.requests());
    provider.is_away(false);
    let ready = tokio::time::timeout(Duration::from_secs(30), async {
        while !layer.readiness().is_ready() {
            provider.clock().advance(Duration::from_secs(3));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    ready.await.expect("it is asked until it answers");
}

#[tokio::test]
async fn the_log_says_that_the_provider_of_an_api_answers_again_whoever_asked_it() {
    let (log, _open) = Log::open(Level::INFO);
    let api = Api::new().await;
    let (down, endpoint) = (Misbehaviour::Status(503), Endpoint::Metadata);
    let goes_down = || api.emulator.misbehave(endpoint, down.clone());
    goes_down();
    let answer = api.gets("/", &api.token()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(log.take().contains("is not available"));
    api.emulator.behave();
    api.wait(Duration::from_secs(3));
    assert_eq!(api.gets("/", &api.token()).await.status, StatusCode::OK);
    let said = log.take();
    assert_eq!(said.matches("the provider answers;").count(), 1, "{said}");

    // A token of a key that is not known yet is what asks next.
    goes_down();
    api.emulator.rotate_signing_key();
    api.wait(Duration::from_secs(61));
    let answer = api.gets("/", &api.token()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(log.take().contains("the last known is in use"));
    api.emulator.behave();
    api.wait(Duration::from_secs(61));
    assert_eq!(api.gets("/", &api.token()).await.status, StatusCode::OK);
    let said = log.take();
    assert_eq!(said.matches("answers again").count(), 1, "{said}");
    // What is renewed in its time afterwards is no news.
    let asked = api.fetches();
    api.wait(Duration::from_secs(2 * 3600));
    assert_eq!(api.gets("/", &api.token()).await.status, StatusCode::OK);
    until("it is renewed", || api.fetches() >= asked + 2).await;
    let said = log.take();
    assert!(!said.contains("answers"), "{said}");
}
