//! The typed client of one API.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower_b2c::Session;
use tower_b2c::client::{DownstreamClient, DownstreamError};

use super::{Api, Call, settings};
use crate::support::World;

#[derive(Debug, serde::Deserialize, PartialEq)]
struct Item {
    name: String,
}

fn items(call: &Call) -> DownstreamClient {
    call.session.downstream("items").unwrap()
}

#[tokio::test]
async fn json_goes_and_comes() {
    let call = Call::new().await;
    call.api.answers(StatusCode::OK, &[], r#"[{"name":"one"}]"#);
    let listed: Vec<Item> = items(&call).get_json("items?page=2").await.unwrap();
    assert_eq!(listed[0].name, "one");
    call.api
        .answers(StatusCode::CREATED, &[], r#"{"name":"two"}"#);
    let body = json!({ "name": "two" });
    let made: Item = items(&call).post_json("/items", &body).await.unwrap();
    assert_eq!(made.name, "two");
    call.api.answers(StatusCode::NO_CONTENT, &[], "");
    let () = items(&call).put_json("/items/2", &body).await.unwrap();
    items(&call).delete("/items/2").await.unwrap();
    let seen = call.api.seen();
    let told: Vec<_> = seen.iter().map(|seen| seen.request.as_str()).collect();
    let expected = [
        "GET /v1/items?page=2",
        "POST /v1/items",
        "PUT /v1/items/2",
        "DELETE /v1/items/2",
    ];
    assert_eq!(told, expected);
    let token = call.token().await;
    assert!(seen.iter().all(|seen| seen.authorization() == token));
    assert_eq!(seen[1].headers["content-type"], "application/json");
    assert_eq!(serde_json::from_str::<Value>(&seen[1].body).unwrap(), body);
    assert!(!seen[0].headers.contains_key("content-type"));
}

#[tokio::test]
async fn failures_say_what_the_api_said() {
    let call = Call::new().await;
    let problem =
        r#"{"type":"https://api.example/full","title":"Full","detail":"of secrets","left":0}"#;
    let headers = [
        ("content-type", "application/problem+json; charset=utf-8"),
        ("x-ms-request-id", "of-the-api"),
        ("retry-after", "7"),
    ];
    call.api.answers(StatusCode::CONFLICT, &headers, problem);
    let error = items(&call).get_json::<Value>("/").await.unwrap_err();
    let told = format!("{error} {error:?}");
    let DownstreamError::Refused(refusal) = error else {
        panic!("{error:?}");
    };
    assert_eq!(refusal.status(), StatusCode::CONFLICT);
    assert_eq!(refusal.correlation_id(), Some("of-the-api"));
    assert_eq!(refusal.retry_after(), Some(Duration::from_secs(7)));
    let details = refusal.problem().unwrap();
    assert_eq!(details.kind(), "https://api.example/full");
    assert_eq!(details.detail(), Some("of secrets"));
    assert_eq!(details.get("left"), Some(&json!(0)));
    assert!(
        told.contains("409") && told.contains("of-the-api"),
        "{told}"
    );
    assert!(!told.contains("secrets"), "{told}");

    call.api
        .answers(StatusCode::OK, &[], r#"{"secret":"of the API"}"#);
    let error = items(&call).get_json::<Item>("/").await.unwrap_err();
    assert!(matches!(error, DownstreamError::Json { .. }), "{error:?}");
    assert!(!error.to_string().contains("of the API"), "{error}");

    let huge = "x".repeat(1024 * 1024 + 1);
    call.api.answers(StatusCode::OK, &[], &huge);
    let error = items(&call).get_json::<Value>("/").await.unwrap_err();
    assert!(error.to_string().contains("1 MiB"), "{error}");
}

#[tokio::test]
async fn redirects_and_paths_lead_nowhere_else() {
    let (call, other) = (Call::new().await, Api::start().await);
    let to = [("location", other.base_url.as_str())];
    call.api.answers(StatusCode::TEMPORARY_REDIRECT, &to, "");
    let error = items(&call).get_json::<Value>("/").await.unwrap_err();
    assert!(matches!(error, DownstreamError::Refused(_)), "{error:?}");
    assert!(other.seen().is_empty());

    let sent = call.api.seen().len();
    for path in ["/../admin", "/a/%2e%2e/../../admin", "/a b", "\u{0}"] {
        let error = items(&call).get_json::<Value>(path).await.unwrap_err();
        assert!(matches!(error, DownstreamError::Path { .. }), "{path}");
    }
    let request = Request::get(&other.base_url).body(Vec::new()).unwrap();
    let error = items(&call).send(request).await.unwrap_err();
    assert!(matches!(error, DownstreamError::Path { .. }), "{error:?}");
    assert_eq!(call.api.seen().len(), sent);
    assert!(other.seen().is_empty());

    let unknown = call.session.downstream("orders").unwrap_err();
    assert!(unknown.to_string().contains("orders"), "{unknown}");
}

#[tokio::test]
async fn an_api_that_is_away_is_a_bad_gateway() {
    let mut api = Api::start().await;
    api.base_url = format!("http://127.0.0.1:{}/v1", loopback::free_port());
    let world = World::with()
        .settings(move |emulator| settings(emulator, &api))
        .routes(Router::new().route("/call", get(calls)));
    let world = world.build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let page = visitor.asks("/call").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
}

async fn calls(session: Session) -> Result<String, DownstreamError> {
    let item: Value = session.downstream("items")?.get_json("/items").await?;
    Ok(item.to_string())
}

#[tokio::test]
async fn claims_lead_the_browser_through_a_sign_in_and_back() {
    let api = Api::start().await;
    let its = api.clone();
    let world = World::with()
        .settings(move |emulator| settings(emulator, &its))
        .routes(Router::new().route("/call", get(calls)));
    let world = world.build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    world.wait(Duration::from_secs(1));
    api.asks_for_claims();
    api.asks_for_claims();
    let page = visitor.asks("/call").await;
    assert!(page.status.is_redirection(), "{}", page.status);
    let location = page.location().to_owned();
    assert!(location.contains("claims=%7B%22access_token"), "{location}");
    // The provider knows the user, and the API is content.
    let back = visitor.opens("/call").await;
    assert_eq!((back.status, back.body.as_str()), (StatusCode::OK, "{}"));
}
