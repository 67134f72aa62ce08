//! What is off until it is switched on.

use b2c_emulator::Emulator;
use reqwest::Method;

use crate::support::{Bench, Visitor, claims};

#[tokio::test]
async fn a_hint_signs_in_only_when_switched_on() {
    let mut off = Bench::new().await;
    let ask = off.ask().with("login_hint", "grace@emulator.example");
    assert_eq!(off.open(&ask).await.status, 200);

    let mut on = Bench::of(Emulator::builder().auto_sign_in(true)).await;
    let ask = on.ask().with("login_hint", "GRACE@emulator.example");
    let code = on.open(&ask.with("prompt", "login")).await.code();
    let tokens = on.redeem(&code).await.json();
    assert_eq!(claims(&tokens["id_token"])["name"], "Grace Hopper");
    // The browser has a session from then on.
    let ask = on.ask();
    on.open(&ask).await.code();

    let ask = on.ask().with("login_hint", "nobody@emulator.example");
    let page = on.open(&ask).await;
    assert_eq!(page.status, 400);
    assert!(
        page.body
            .contains("nobody is called 'nobody@emulator.example'")
    );
}

#[tokio::test]
async fn a_deterministic_run_is_like_any_other() {
    let mut answers = Vec::new();
    for _ in 0..2 {
        let builder = Emulator::builder().deterministic_at(1_768_470_639);
        let port = builder.clone().port(0);
        let mut bench = Bench::of(port).await;
        let page = bench.open(&bench.ask()).await;
        let correlation = page.text_of("none").unwrap_or_default();
        let code = bench.sign_in(&bench.ask()).await.code();
        let tokens = bench.redeem(&code).await.json();
        let origin = bench.emulator.base_url().to_owned();
        let mut id_token = claims(&tokens["id_token"]);
        id_token["iss"] = id_token["iss"]
            .as_str()
            .unwrap()
            .replace(&origin, "")
            .into();
        id_token["at_hash"] = "".into();
        answers.push((correlation, code, tokens["refresh_token"].clone(), id_token));
    }
    assert_eq!(answers[0].3, answers[1].3);
    assert_eq!(answers[0].1, answers[1].1);
    assert_eq!(answers[0].2, answers[1].2);
    assert_eq!(answers[0].3["iat"], 1_768_470_639);
}

#[tokio::test]
async fn other_host_names_need_the_public_switch() {
    let path = "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/discovery/v2.0/keys";
    for (public, status) in [(false, 404), (true, 200)] {
        let emulator = Emulator::builder().public(public).start().await.unwrap();
        let headers = [("host", "b2c.example")];
        let base = format!("http://127.0.0.1:{}", emulator.port());
        let page = Visitor::new(&base)
            .request(Method::GET, path, &headers, Vec::new())
            .await;
        assert_eq!(page.status, status);
    }
}
