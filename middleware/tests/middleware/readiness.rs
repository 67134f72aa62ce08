//! An app starts without its provider, and says so.

use std::time::Duration;

use b2c_emulator::Emulator;
use tower_b2c::{B2cLayer, Config, Readiness};

fn layer(emulator_url: &str, client_id: &str, start: bool) -> B2cLayer {
    let config = config(emulator_url, client_id, "b2cemulator");
    let builder = B2cLayer::builder(config);
    builder.discover_at_start(start).build().unwrap()
}

/// The settings of an app whose provider is at this address.
pub(crate) fn config(emulator_url: &str, client_id: &str, tenant: &str) -> Config {
    let text = format!(
        r#"
        [app]
        base_url = "http://localhost:5000"
        [provider]
        emulator = true
        instance = "{emulator_url}"
        tenant = "{tenant}.onmicrosoft.com"
        client_id = "{client_id}"
        client_secret = {{ env = "SECRET" }}
        user_flows = {{ sign_up_sign_in = "B2C_1_signupsignin1" }}
        "#
    );
    let config = Config::from_text(text).environment([("SECRET", "secret")]);
    config.load().unwrap()
}

fn problems(readiness: &Readiness) -> String {
    let all = readiness.providers();
    let lines = all.iter().map(ToString::to_string);
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_provider_that_is_there_is_ready_before_anybody_signs_in() {
    let emulator = Emulator::builder().start().await.unwrap();
    let client_id = emulator.client().client_id().to_owned();
    let layer = layer(emulator.base_url(), &client_id, true);
    let readiness = layer.readiness();
    let ready = tokio::time::timeout(Duration::from_secs(10), readiness.ready());
    ready.await.expect("the provider was asked at start");
    assert!(readiness.is_ready());
    assert_eq!(problems(&readiness), "default: ready");
}

/// Waits until a provider was asked in vain.
async fn fails(readiness: &Readiness, what: &str) {
    let mut told = String::new();
    for _ in 0..200 {
        told = problems(readiness);
        if told.contains(what) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{told}");
}

#[tokio::test]
async fn an_app_starts_without_its_provider_and_finds_it_when_it_comes() {
    let port = loopback::free_port();
    let url = format!("http://localhost:{port}");
    let client_id = "00001111-aaaa-2222-bbbb-3333cccc4444";
    let layer = layer(&url, client_id, true);
    let readiness = layer.readiness();
    assert!(!readiness.is_ready());
    fails(&readiness, "cannot be reached").await;

    let emulator = Emulator::builder().port(port).start().await.unwrap();
    let ready = tokio::time::timeout(Duration::from_secs(20), readiness.ready());
    ready.await.expect("the provider is asked again");
    drop(emulator);
}

#[tokio::test]
async fn without_discovery_at_start_nobody_was_asked() {
    let emulator = Emulator::builder().start().await.unwrap();
    let client_id = emulator.client().client_id().to_owned();
    let layer = layer(emulator.base_url(), &client_id, false);
    assert_eq!(
        problems(&layer.readiness()),
        "default: it has not been asked yet"
    );
    assert!(emulator.requests().is_empty());
}

#[test]
fn a_layer_can_be_built_outside_of_a_runtime() {
    let client_id = "00001111-aaaa-2222-bbbb-3333cccc4444";
    let layer = layer("http://localhost:1", client_id, true);
    assert!(!layer.readiness().is_ready());
}

#[tokio::test]
async fn a_provider_that_is_away_is_asked_again_also_after_a_reload() {
    let port = loopback::free_port();
    let url = format!("http://localhost:{port}");
    let client_id = "00001111-aaaa-2222-bbbb-3333cccc4444";
    let layer = layer(&url, client_id, true);
    let readiness = layer.readiness();
    fails(&readiness, "cannot be reached").await;
    let other_id = "55556666-aaaa-2222-bbbb-3333cccc4444";
    let reloaded = layer.reload_with(config(&url, other_id, "b2cemulator"));
    assert!(!reloaded.unwrap().is_empty());

    let emulator = Emulator::builder().port(port).start().await.unwrap();
    let ready = tokio::time::timeout(Duration::from_secs(20), readiness.ready());
    ready.await.expect("the provider is asked again");
    assert!(layer.readiness().is_ready());
    drop(emulator);
}

#[tokio::test]
async fn who_waits_for_a_tenant_that_a_reload_mends_hears_of_it() {
    let emulator = Emulator::builder().start().await.unwrap();
    let url = emulator.base_url();
    let client_id = emulator.client().client_id();
    let wrong = config(url, client_id, "b2cemulater");
    let layer = B2cLayer::builder(wrong).build().unwrap();
    let readiness = layer.readiness();
    fails(&readiness, "404").await;
    let waiting = readiness.clone();
    let waiting = tokio::spawn(async move { waiting.ready().await });
    layer
        .reload_with(config(url, client_id, "b2cemulator"))
        .unwrap();
    let ready = tokio::time::timeout(Duration::from_secs(10), waiting);
    ready.await.expect("the new tenant is there").unwrap();
    assert!(readiness.is_ready());
    assert_eq!(problems(&readiness), "default: ready");
}
