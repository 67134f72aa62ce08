//! What probes of an API are told.

use std::time::Duration;

use b2c_emulator::Emulator;
use http::{Method, StatusCode};
use serde_json::json;
use tower_b2c::HealthStatus;

use super::Api;
use crate::health::{ask, check, ready, until, warned};
use crate::support::TroubledStore;

/// Lets a probe ask the provider, and waits for the answer: the probe itself waits 0.9 seconds at most.
async fn known(api: Api) -> Api {
    api.layer.health().report().await;
    api.layer.readiness().ready().await;
    api
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn strangers_are_told_the_status_and_operators_the_details() {
    let api = known(Api::new().await).await;
    let health = api.layer.health();
    let ok = json!({ "status": "ok" });
    assert_eq!(ready(&health).await, (StatusCode::OK, ok.clone()));
    assert_eq!(ask(&health, Method::GET, "/health/live").await.1, ok);
    let (_, told) = ready(&health.details(true)).await;
    let provider = check(&told, "provider");
    assert_eq!(
        (&provider["provider"], &provider["reachable"]),
        (&json!("default"), &json!(true))
    );
    assert_eq!(provider["keys_age_seconds"], 0);
    let skew = check(&told, "clock")["skew_seconds"].as_i64().unwrap();
    assert!(skew.abs() <= 30, "{skew}");
    assert_eq!(check(&told, "configuration")["status"], "ok");
    let names = told["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"]);
    assert_eq!(
        names.filter(|name| *name == "store").count(),
        0,
        "it has none"
    );
    // Probes find out what tokens need: the first one waits for nobody.
    let asked = api.fetches();
    assert_eq!(api.gets("/", &api.token()).await.status, StatusCode::OK);
    assert_eq!(api.fetches(), asked);
}

#[tokio::test]
async fn it_goes_red_when_the_keys_are_too_old_to_rely_upon_and_green_again() {
    let api = known(Api::new().await).await;
    let port = api.emulator.base_url().rsplit(':').next().unwrap();
    let port: u16 = port.parse().unwrap();
    let token = api.token();
    let health = api.layer.health().last_known_good(HOUR).details(true);
    assert_eq!(ready(&health).await.0, StatusCode::OK);
    let Api {
        emulator,
        clock,
        layer,
        app,
    } = api;
    emulator.shutdown().await;
    clock.advance(Duration::from_secs(60));
    let again = layer.health().last_known_good(HOUR).details(true);
    let told = warned(&again).await;
    assert_eq!(check(&told, "provider")["keys_age_seconds"], 60);
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_bytes())];
    let answer = super::send(&app, "/", &headers).await;
    assert_eq!(answer.status, StatusCode::OK, "those who call go on");

    clock.advance(HOUR);
    let told = until(&health, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(check(&told, "provider")["status"], "fail");
    assert_eq!(ask(&health, Method::GET, "/live").await.0, StatusCode::OK);
    let emulator = Emulator::builder().port(port).start().await.unwrap();
    clock.advance(Duration::from_secs(31));
    until(&health, StatusCode::OK).await;
    emulator.shutdown().await;
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told_of() {
    let api = Api::new().await;
    api.clock.advance(Duration::from_secs(300));
    let api = known(api).await;
    let told = warned(&api.layer.health().details(true)).await;
    let clock = check(&told, "clock");
    assert_eq!(clock["status"], "warn", "{told}");
    assert!(
        clock["problem"].as_str().unwrap().contains("ahead of"),
        "{told}"
    );
}

#[tokio::test]
async fn an_instance_that_ends_is_not_ready_and_answers_all_the_same() {
    let api = known(Api::new().await).await;
    let health = api.layer.health();
    assert_eq!(ready(&health).await.0, StatusCode::OK);
    api.layer.clone().begin_shutdown();
    let (status, told) = ready(&health.clone().details(true)).await;
    assert_eq!(
        status,
        StatusCode::SERVICE_UNAVAILABLE,
        "nothing is remembered"
    );
    assert_eq!(check(&told, "shutdown")["status"], "fail");
    assert_eq!(ask(&health, Method::GET, "/livez").await.0, StatusCode::OK);
    assert_eq!(api.gets("/", &api.token()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_store_of_proofs_that_is_away_is_told_of_and_takes_no_instance_out() {
    let store = TroubledStore::default();
    let given = store.clone();
    let api = Api::with("", move |builder| builder.shared_proofs(given)).await;
    let api = known(api).await;
    assert_eq!(api.layer.health().report().await.status(), HealthStatus::Ok);
    store.goes_away(true);
    let (status, told) = ready(&api.layer.health().details(true)).await;
    assert_eq!((status, &told["status"]), (StatusCode::OK, &json!("warn")));
    let store = check(&told, "store");
    assert!(store["problem"].as_str().unwrap().contains("503"), "{told}");
}
