//! What probes are told, and what that costs.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use b2c_emulator::{Emulator, Endpoint, Misbehaviour};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use tower_b2c::testing::ManualClock;
use tower_b2c::{B2cLayer, Config, HealthService, HealthStatus};

use crate::client_auth::Folder;
use crate::readiness::config;
use crate::support::{KEY, Op, TroubledStore, World, own_tenant, settings};

pub(crate) async fn ask(health: &HealthService, method: Method, path: &str) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).body(());
    let answer = health.clone().oneshot(request.unwrap()).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(Body::new(answer.into_body()), 1 << 16);
    let body = body.await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

pub(crate) async fn ready(health: &HealthService) -> (StatusCode, Value) {
    ask(health, Method::GET, "/ready").await
}

/// The check of this name, in the details.
pub(crate) fn check<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let checks = answer["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {answer}"))
}

/// Waits until a probe is answered so.
pub(crate) async fn until(health: &HealthService, wanted: StatusCode) -> Value {
    let mut last = Value::Null;
    for _ in 0..1200 {
        let (status, answer) = ready(health).await;
        if status == wanted {
            return answer;
        }
        last = answer;
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{wanted} was never answered: {last}");
}

/// Waits until a probe warns, and takes no instance out.
pub(crate) async fn warned(health: &HealthService) -> Value {
    let mut told = Value::Null;
    for _ in 0..400 {
        let (status, answer) = ready(health).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        if answer["status"] == "warn" {
            return answer;
        }
        told = answer;
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it never warned: {told}");
}

/// A layer for the provider at this address, with a clock of the test's.
fn layer_at(url: &str, client_id: &str, clock: &ManualClock) -> B2cLayer {
    let builder = B2cLayer::builder(config(url, client_id, "b2cemulator")).clock(clock.clone());
    builder.discover_at_start(false).build().unwrap()
}

#[tokio::test]
async fn strangers_are_told_the_status_and_operators_the_details() {
    let world = World::new().await;
    let health = world.layer.health();
    until(&health, StatusCode::OK).await;
    assert_eq!(
        ready(&health).await,
        (StatusCode::OK, json!({ "status": "ok" }))
    );

    let (status, told) = ready(&health.clone().details(true)).await;
    assert_eq!((status, &told["status"]), (StatusCode::OK, &json!("ok")));
    let provider = check(&told, "provider");
    assert_eq!(provider["provider"], "default");
    assert_eq!(provider["reachable"], true);
    assert_eq!(provider["metadata_age_seconds"], 0);
    assert_eq!(provider["keys_age_seconds"], 0);
    let skew = check(&told, "clock")["skew_seconds"].as_i64().unwrap();
    assert!(skew.abs() <= 30, "{skew}");
    assert_eq!(check(&told, "store")["status"], "ok");
    assert_eq!(check(&told, "configuration")["status"], "ok");
    let secret = world.emulator.client().client_secret();
    assert!(!told.to_string().contains(secret) && !told.to_string().contains(KEY));
}

#[tokio::test]
async fn it_is_asked_by_path_under_a_router_and_alone() {
    let world = World::new().await;
    let health = world.layer.health();
    until(&health, StatusCode::OK).await;
    let app = Router::new()
        .nest_service("/health", health.clone())
        .route_service("/readyz", health.clone());
    for path in ["/health", "/health/ready", "/health/live", "/readyz"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(answer.headers()["cache-control"], "no-store");
    }
    assert_eq!(ask(&health, Method::HEAD, "/ready").await.0, StatusCode::OK);
    for method in [Method::POST, Method::DELETE] {
        let (status, _) = ask(&health, method, "/ready").await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn it_goes_red_when_the_last_known_good_is_too_old_and_green_when_the_provider_is_back() {
    let port = loopback::free_port();
    let emulator = Emulator::builder().port(port).start().await.unwrap();
    let url = emulator.base_url().to_owned();
    let client_id = emulator.client().client_id().to_owned();
    let clock = ManualClock::default();
    let layer = layer_at(&url, &client_id, &clock);
    let hour = Duration::from_secs(3600);
    let health = layer.health().last_known_good(hour).details(true);
    until(&health, StatusCode::OK).await;

    emulator.shutdown().await;
    clock.advance(Duration::from_secs(60));
    let again = || layer.health().last_known_good(hour).details(true);
    // Those who are signed in go on.
    let told = warned(&again()).await;
    let provider = check(&told, "provider");
    assert_eq!(provider["status"], "warn");
    assert_eq!(provider["reachable"], false);
    assert_eq!(provider["metadata_age_seconds"], 60);
    assert!(
        provider["problem"].as_str().unwrap().contains(&url),
        "{told}"
    );

    clock.advance(hour);
    let told = until(&health, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(check(&told, "provider")["status"], "fail");
    assert_eq!(ask(&health, Method::GET, "/live").await.0, StatusCode::OK);
    let short = layer.health().last_known_good(hour);
    assert_eq!(ready(&short).await.1, json!({ "status": "fail" }));

    let emulator = Emulator::builder().port(port).start().await.unwrap();
    clock.advance(Duration::from_secs(31));
    let told = until(&health, StatusCode::OK).await;
    assert_eq!(check(&told, "provider")["reachable"], true);
    emulator.shutdown().await;
}

#[tokio::test]
async fn it_is_red_until_the_provider_has_answered_once() {
    let clock = ManualClock::default();
    let layer = layer_at(
        "http://localhost:1",
        "00001111-aaaa-2222-bbbb-3333cccc4444",
        &clock,
    );
    let (status, told) = ready(&layer.health().details(true)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let problem = check(&told, "provider")["problem"].as_str().unwrap();
    assert!(problem.contains("cannot be reached"), "{told}");
}

#[tokio::test]
async fn a_provider_that_never_answered_is_asked_every_30_seconds_too() {
    let emulator = Emulator::builder().start().await.unwrap();
    emulator.misbehave(Endpoint::Metadata, Misbehaviour::Status(503));
    let clock = ManualClock::default();
    let client_id = emulator.client().client_id();
    let layer = layer_at(emulator.base_url(), client_id, &clock);
    let asked = async || {
        let (status, _) = ready(&layer.health()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        emulator.requests().len()
    };
    let once = asked().await;
    assert!(once > 0, "{once}");
    clock.advance(Duration::from_secs(3));
    assert_eq!(asked().await, once);
    clock.advance(Duration::from_secs(28));
    assert!(asked().await > once);
}

/// A world whose store fails when it is told to.
pub(crate) async fn troubled() -> (TroubledStore, World) {
    let store = TroubledStore::default();
    let given = store.clone();
    let world = World::with().parts(move |builder| builder.store(given.clone()));
    (store, world.build().await)
}

#[tokio::test]
async fn it_goes_red_when_the_store_is_away_for_longer_than_sessions_go_on_without() {
    let (store, world) = troubled().await;
    let health = world.layer.health().details(true);
    until(&health, StatusCode::OK).await;
    store.goes_away(true);
    // Sessions in memory go on for a while, on this instance as on all others.
    world.clock.advance(Duration::from_secs(299));
    let (status, told) = ready(&world.layer.health().details(true)).await;
    let found = check(&told, "store");
    assert_eq!((status, &found["status"]), (StatusCode::OK, &json!("warn")));
    assert_eq!(found["away_seconds"], 299);
    world.clock.advance(Duration::from_secs(1));
    let told = until(&health, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(check(&told, "store")["status"], "fail");
    assert_eq!(ask(&health, Method::GET, "/livez").await.0, StatusCode::OK);
    store.goes_away(false);
    until(&health, StatusCode::OK).await;
}

#[tokio::test]
async fn a_store_that_requests_saw_a_moment_ago_is_not_away_for_as_long_as_probes_are_apart() {
    let (store, world) = troubled().await;
    until(&world.layer.health(), StatusCode::OK).await;
    // Longer between probes than sessions go on without the store, which somebody has used meanwhile.
    world.clock.advance(Duration::from_secs(400));
    world.visitor().signs_in("/private").await;
    world.clock.advance(Duration::from_secs(10));
    store.goes_away(true);
    let (status, told) = ready(&world.layer.health().details(true)).await;
    let found = check(&told, "store");
    assert_eq!((status, &found["status"]), (StatusCode::OK, &json!("warn")));
    assert_eq!(found["away_seconds"], 10);
    // What it answered with an error is no answer.
    world.visitor().signs_in("/private").await;
    world.clock.advance(Duration::from_secs(290));
    let (status, told) = ready(&world.layer.health().details(true)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{told}");
    assert_eq!(check(&told, "store")["status"], "fail");
}

#[tokio::test]
async fn a_crowd_of_probes_looks_once() {
    let (store, world) = troubled().await;
    let health = world.layer.health();
    let probes = (0..200).map(|number| {
        let health = health.clone();
        tokio::spawn(async move {
            let asked = ready(&health);
            if number % 2 == 0 {
                // They hang up at once.
                let _ = tokio::time::timeout(Duration::ZERO, asked).await;
            } else {
                let begun = std::time::Instant::now();
                let (status, told) = asked.await;
                // Who is told otherwise has waited as long as a probe does.
                let waited = begun.elapsed() >= Duration::from_millis(900);
                assert!(status == StatusCode::OK || waited, "{told}");
            }
        })
    });
    for probe in probes.collect::<Vec<_>>() {
        probe.await.unwrap();
    }
    // Slow machines may need longer than the two seconds that an answer serves.
    assert!(store.loads() <= 3, "{}", store.loads());
    let asked = world.emulator.requests().len();
    assert!(asked <= 2, "metadata and keys, once: {asked}");
    until(&health, StatusCode::OK).await;
    let asked = world.emulator.requests().len();
    assert!(asked <= 2, "nor again: {asked}");
    // As many services as there may be: the provider is asked every 30 seconds.
    for _ in 0..10 {
        assert_eq!(ready(&world.layer.health()).await.0, StatusCode::OK);
    }
    assert_eq!(world.emulator.requests().len(), asked);
}

/// A layer at an own provider, with a certificate of this validity.
fn certified(folder: &Folder, op: &Op, clock: &ManualClock, ends: (i32, u8, u8)) -> B2cLayer {
    let (key, certificate) = certificate(ends);
    let key = folder.file("key.pem", &key);
    let certificate = folder.file("certificate.pem", &certificate);
    let more = format!(
        "client_authentication = \"private_key_jwt\"\nclient_key = {key}\n\
         client_certificate = {certificate}"
    );
    let config = Config::from_text(settings(op, &more)).environment([("KEY", KEY)]);
    let builder = B2cLayer::builder(config.load().unwrap()).clock(clock.clone());
    builder.build().unwrap()
}

/// A key and a certificate of it, in PEM.
fn certificate((year, month, day): (i32, u8, u8)) -> (String, String) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let mut params = rcgen::CertificateParams::new(["app.example".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(year, month, day);
    let certificate = params.self_signed(&key).unwrap();
    (key.serialize_pem(), certificate.pem())
}

fn at(seconds: u64) -> std::time::SystemTime {
    std::time::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Midnight of 2027-01-31.
const LAST_OF_JANUARY: u64 = 1_801_353_600;
const DAY: u64 = 86_400;

#[tokio::test]
async fn a_certificate_is_warned_of_before_it_ends_and_turns_nobody_away() {
    let folder = Folder::new("health-certificate");
    let op = Op::start().await;
    let clock = ManualClock::new(at(LAST_OF_JANUARY - 31 * DAY));
    let layer = certified(&folder, &op, &clock, (2027, 1, 31));
    let look = || async {
        let (status, told) = ready(&layer.health().details(true)).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        check(&told, "credential").clone()
    };
    until(&layer.health(), StatusCode::OK).await;
    let found = look().await;
    assert_eq!(
        (&found["status"], &found["expires_in_days"], &found["kind"]),
        (&json!("ok"), &json!(31), &json!("certificate"))
    );
    clock.set(at(LAST_OF_JANUARY - 29 * DAY));
    let found = look().await;
    assert_eq!(
        (&found["status"], &found["expires_in_days"]),
        (&json!("warn"), &json!(29))
    );
    let (_, told) = ready(&layer.health().warn_before_expiry(7).details(true)).await;
    assert_eq!(check(&told, "credential")["status"], "ok");

    clock.set(at(LAST_OF_JANUARY));
    let report = layer.health().report().await;
    let expired = report
        .checks()
        .iter()
        .find(|check| check.name() == "credential");
    assert_eq!(expired.unwrap().status(), HealthStatus::Fail);
    assert_eq!(report.status(), HealthStatus::Warn);

    // A file that is broken is told of, and one that is good again is in use.
    folder.file(
        "certificate.pem",
        "not in PEM any more, and longer than it was before",
    );
    clock.advance(Duration::from_secs(6));
    let report = layer.health().report().await;
    assert_eq!(report.status(), HealthStatus::Warn);
    let (key, renewed) = certificate((2028, 1, 31));
    folder.file("key.pem", &key);
    folder.file("certificate.pem", &renewed);
    clock.advance(Duration::from_secs(6));
    let found = look().await;
    assert_eq!(
        (&found["status"], &found["expires_in_days"]),
        (&json!("ok"), &json!(364))
    );
}

#[tokio::test]
async fn a_secret_is_warned_of_where_the_configuration_says_when_it_ends() {
    let op = Op::start().await;
    let clock = ManualClock::new(at(LAST_OF_JANUARY - 10 * DAY));
    for date in ["\"2027-01-31\"", "2027-01-31"] {
        let more =
            format!("client_secret = {{ env = \"SECRET\" }}\nclient_secret_expires = {date}");
        let config = Config::from_text(settings(&op, &more));
        let config = config
            .environment([("KEY", KEY), ("SECRET", "s3cret")])
            .load();
        let layer = B2cLayer::builder(config.unwrap())
            .clock(clock.clone())
            .build()
            .unwrap();
        let (_, told) = ready(&layer.health().details(true)).await;
        let found = check(&told, "credential");
        assert_eq!(
            (&found["status"], &found["kind"], &found["expires_in_days"]),
            (&json!("warn"), &json!("secret"), &json!(10))
        );
    }
    for wrong in [
        "\"31.1.2027\"",
        "\"2027-02-30\"",
        "\"2027-1-31\"",
        "20270131",
        "2027-01-31T00:00:00Z",
    ] {
        let more =
            format!("client_secret = {{ env = \"SECRET\" }}\nclient_secret_expires = {wrong}");
        let config = Config::from_text(settings(&op, &more));
        let config = config
            .environment([("KEY", KEY), ("SECRET", "s3cret")])
            .load();
        let problem = config.unwrap_err().to_string();
        assert!(
            problem.contains("provider.client_secret_expires"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told_of() {
    let world = World::with().settings(own_tenant).build().await;
    until(&world.layer.health(), StatusCode::OK).await;
    for (seconds, way) in [(300, "ahead of"), (0, "")] {
        let now = std::time::SystemTime::now() + Duration::from_secs(seconds);
        world.clock.set(now + Duration::from_secs(31));
        let (status, told) = ready(&world.layer.health().details(true)).await;
        assert_eq!(status, StatusCode::OK);
        let clock = check(&told, "clock");
        let problem = clock["problem"].as_str().unwrap_or_default();
        assert!(problem.contains(way), "{told}");
        assert_eq!(clock["status"], if way.is_empty() { "ok" } else { "warn" });
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_hangs_is_told_of_and_not_waited_for() {
    let folder = Folder::new("health-disk");
    let secret = folder.file("secret", "s3cret");
    let op = Op::start().await;
    let more = format!("client_secret = {secret}");
    let config = Config::from_text(settings(&op, &more)).environment([("KEY", KEY)]);
    let clock = ManualClock::default();
    let builder = B2cLayer::builder(config.load().unwrap()).clock(clock.clone());
    let layer = builder.build().unwrap();
    let health = || layer.health().details(true);
    until(&health(), StatusCode::OK).await;
    let path = folder.path("secret");
    crate::reload::pipe(&path);
    clock.advance(Duration::from_secs(6));
    let mut problems = Vec::new();
    for _ in 0..3 {
        let health = health();
        let told = tokio::time::timeout(Duration::from_secs(10), ready(&health)).await;
        problems.extend(told.map(|(_, told)| check(&told, "credential")["problem"].clone()));
    }
    // Before anything is compared: nobody waits for the disk any more.
    std::fs::write(&path, "s3cret").unwrap();
    assert_eq!(problems.len(), 3, "each is answered");
    for problem in problems {
        let problem = problem.as_str().unwrap();
        assert!(problem.contains("could not be looked at"), "{problem}");
    }
}
