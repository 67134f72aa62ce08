//! The page protocol of B2C's own scripts, which automation written for real tenants speaks.

use reqwest::Method;
use serde_json::Value;

use crate::support::{Bench, Page, encoded};

/// What such a script reads from the page.
fn settings(page: &Page) -> Value {
    let (_, rest) = page.body.split_once("var SETTINGS = ").unwrap();
    let (json, _) = rest.split_once(';').unwrap();
    serde_json::from_str(json).unwrap()
}

async fn self_asserted(bench: &mut Bench, settings: &Value, password: &str) -> Value {
    let path = format!(
        "{}/SelfAsserted?tx={}&p={}",
        settings["hosts"]["tenant"].as_str().unwrap(),
        settings["transId"].as_str().unwrap(),
        settings["hosts"]["policy"].as_str().unwrap()
    );
    let headers = [
        ("x-csrf-token", settings["csrf"].as_str().unwrap()),
        (
            "content-type",
            "application/x-www-form-urlencoded; charset=UTF-8",
        ),
    ];
    let form = encoded(&[
        ("request_type", "RESPONSE"),
        ("signInName", "ada@emulator.example"),
        ("password", password),
    ]);
    let visitor = &mut bench.visitor;
    let answer = visitor
        .request(Method::POST, &path, &headers, form.into_bytes())
        .await;
    assert_eq!(answer.status, 200);
    answer.json()
}

async fn api(bench: &mut Bench, settings: &Value, name: &str) -> Page {
    let path = format!(
        "{}/api/{}/{name}?rememberMe=false&csrf_token={}&tx={}&p={}",
        settings["hosts"]["tenant"].as_str().unwrap(),
        settings["api"].as_str().unwrap(),
        settings["csrf"].as_str().unwrap(),
        settings["transId"].as_str().unwrap(),
        settings["hosts"]["policy"].as_str().unwrap()
    );
    bench.visitor.get(&path).await
}

#[tokio::test]
async fn a_script_signs_in_as_at_a_real_tenant() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    let settings = settings(&page);
    assert_eq!(settings["api"], "CombinedSigninAndSignup");
    let wrong = self_asserted(&mut bench, &settings, "x").await;
    assert_eq!(wrong["status"], "400");
    assert_eq!(wrong["errorCode"], "AADB2C90054");
    assert_eq!(wrong["message"], "Your password is incorrect.");
    let right = self_asserted(&mut bench, &settings, "Passw0rd!").await;
    assert_eq!(right, serde_json::json!({ "status": "200" }));
    let answer = api(&mut bench, &settings, "confirmed").await;
    assert_eq!(bench.redeem(&answer.code()).await.status, 200);
}

#[tokio::test]
async fn confirming_what_was_refused_is_a_server_error() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    let settings = settings(&page);
    self_asserted(&mut bench, &settings, "x").await;
    let answer = api(&mut bench, &settings, "confirmed").await;
    assert_eq!(answer.error_code(), "AADB2C90255");
    assert_eq!(answer.parameter("error").unwrap(), "server_error");
}

#[tokio::test]
async fn links_of_the_protocol_answer_the_application() {
    for (link, code) in [
        ("forgotPassword", "AADB2C90118"),
        ("cancelled", "AADB2C90091"),
    ] {
        let mut bench = Bench::new().await;
        let page = bench.open(&bench.ask()).await;
        let answer = api(&mut bench, &settings(&page), link).await;
        assert_eq!(answer.error_code(), code);
    }
}

#[tokio::test]
async fn the_header_must_match_the_cookie() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    let (action, _) = page.form();
    for headers in [vec![], vec![("x-csrf-token", "x")]] {
        let form = encoded(&[("request_type", "RESPONSE")]).into_bytes();
        let answer = bench
            .visitor
            .request(Method::POST, &action, &headers, form)
            .await;
        assert_eq!(answer.status, 400);
    }
}
