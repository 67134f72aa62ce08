//! The list of B2C's errors that the emulator knows.

use reqwest::Method;

use crate::support::{Bench, SIGN_IN, changed};

#[tokio::test]
async fn the_list_is_a_page_and_a_document() {
    let mut bench = Bench::new().await;
    let page = bench.visitor.get("/emulator/errors").await;
    assert_eq!(page.status, 200);
    let document = bench.visitor.get("/emulator/errors.json").await.json();
    let errors = document["errors"].as_array().unwrap();
    assert!(errors.len() > 60);
    for error in errors {
        let code = error["code"].as_str().unwrap();
        assert!(page.body.contains(&format!("id=\"{code}\"")), "{code}");
        assert!(!error["text"].as_str().unwrap().is_empty());
        assert!(!error["provoked_by"].as_str().unwrap().is_empty());
        assert!(!error["channels"].as_array().unwrap().is_empty());
    }
    let absent = document["not_implemented"].as_array().unwrap();
    assert!(!absent.is_empty());
    for group in absent {
        let reason = group["reason"].as_str().unwrap();
        assert!(!reason.is_empty());
        for code in group["codes"].as_array().unwrap() {
            let code = code.as_str().unwrap();
            assert!(page.body.contains(code), "{code}");
            assert!(errors.iter().all(|error| error["code"] != code), "{code}");
        }
    }
    let accept = [("accept", "application/json")];
    let negotiated = bench
        .visitor
        .request(Method::GET, "/emulator/errors", &accept, Vec::new())
        .await;
    assert_eq!(negotiated.json(), document);
}

/// What the list says of a code is what a client meets.
#[tokio::test]
async fn the_list_tells_the_truth() {
    let mut bench = Bench::new().await;
    let ask = bench.ask();
    let provoked = [
        (ask.clone().without("scope"), "AADB2C90010"),
        (ask.clone().with("response_type", "none"), "AADB2C90013"),
        (ask.clone().with("response_mode", "cookie"), "AADB2C90014"),
        (ask.clone().with("prompt", "ask"), "AADB2C90043"),
        (ask.clone().with("prompt", "none"), "AADB2C90077"),
        (ask.clone().with("scope", "offline_access"), "AADB2C90115"),
        (ask.clone().with("max_age", "-1"), "AADB2C90120"),
        (
            ask.clone().with("code_challenge_method", "S512"),
            "AADB2C90184",
        ),
        (ask.with("scope", "\""), "AADB2C99005"),
    ];
    let document = bench.visitor.get("/emulator/errors.json").await.json();
    for (ask, code) in provoked {
        let answer = bench.open(&ask).await;
        assert_eq!(answer.error_code(), code);
        let errors = document["errors"].as_array().unwrap();
        let listed = errors.iter().find(|error| error["code"] == code).unwrap();
        let channels = listed["channels"].as_array().unwrap();
        let redirect = channels
            .iter()
            .find(|channel| channel["channel"] == "redirect")
            .unwrap();
        assert_eq!(redirect["status"], answer.status);
        assert_eq!(redirect["error"], answer.parameter("error").unwrap());
    }
}

#[tokio::test]
async fn the_list_tells_the_truth_about_tokens() {
    let mut bench = Bench::new().await;
    let code = bench.sign_in(&bench.ask()).await.code();
    let good = bench.redemption(&code);
    let provoked = [
        ("client_id", None, "AADB2C90008"),
        ("client_id", Some("nobody"), "AADB2C90018"),
        ("client_secret", None, "AADB2C90079"),
        ("client_secret", Some("x"), "AADB2C90081"),
        ("code", None, "AADB2C90083"),
        ("code", Some("a.b..c.d"), "AADB2C90085"),
        ("grant_type", Some("device_code"), "AADB2C90086"),
        ("code", Some("x"), "AADB2C90090"),
        ("redirect_uri", Some("https://else.example/"), "AADB2C90136"),
        ("code_verifier", None, "AADB2C90183"),
        ("scope", Some("\""), "AADB2C99005"),
        ("client_assertion", Some("x"), "AADB2C99027"),
    ];
    let document = bench.visitor.get("/emulator/errors.json").await.json();
    for (name, value, code) in provoked {
        let form = changed(&good, name, value);
        let (error, text) = bench.token(SIGN_IN, &form).await.token_error();
        assert!(text.starts_with(code), "{text}");
        let errors = document["errors"].as_array().unwrap();
        let listed = errors.iter().find(|error| error["code"] == code).unwrap();
        let channels = listed["channels"].as_array().unwrap();
        let token = channels
            .iter()
            .find(|channel| channel["channel"] == "token")
            .unwrap();
        assert_eq!(token["status"], 400);
        assert_eq!(token["error"], error);
    }
}
