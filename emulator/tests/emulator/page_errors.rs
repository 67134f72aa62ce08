//! Errors that a person at the page or a spelling of the URL leads to.

use reqwest::Method;

use crate::support::{Bench, assert_page};

const CSRF: &str = "x-ms-cpim-csrf";

#[tokio::test]
async fn a_policy_in_the_query_must_exist() {
    let mut bench = Bench::new().await;
    let message = "Invalid policy 'B2C_1_typo' was specified in the request.";
    for endpoint in ["authorize", "logout"] {
        let path =
            format!("/b2cemulator.onmicrosoft.com/oauth2/v2.0/{endpoint}?p=B2C_1_typo&client_id=x");
        let page = bench.visitor.get(&path).await;
        assert_eq!(assert_page(&page, "AADB2C90066"), message);
    }
    let path = "/b2cemulator.onmicrosoft.com/oauth2/v2.0/token?p=B2C_1_typo";
    let (error, text) = bench
        .visitor
        .post(path, &[("grant_type", "refresh_token")])
        .await
        .token_error();
    assert_eq!(error, "invalid_request");
    assert_eq!(text, format!("AADB2C90066: {message}"));
    // In the path, and at another tenant, it is a 404.
    for path in [
        "/b2cemulator.onmicrosoft.com/B2C_1_typo/oauth2/v2.0/authorize",
        "/other.onmicrosoft.com/oauth2/v2.0/authorize?p=B2C_1_typo",
    ] {
        assert_eq!(bench.visitor.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_damaged_cookie_is_not_a_lost_one() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    let whole = bench.visitor.cookies[CSRF].clone();
    let flipped: String = whole.chars().rev().collect();
    for (value, code, text) in [
        (
            &whole[..20],
            "AADB2C90211",
            "The request contained an incomplete state cookie.",
        ),
        (
            "?",
            "AADB2C90212",
            "The request contained an invalid state cookie.",
        ),
        (
            flipped.as_str(),
            "AADB2C90046",
            "We are having trouble loading your current state. You might want to try starting \
             your session over from the beginning.",
        ),
    ] {
        bench
            .visitor
            .cookies
            .insert(CSRF.to_owned(), value.to_owned());
        let ada = [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ];
        let lost = bench.visitor.submit(&page, &ada).await;
        assert_eq!(assert_page(&lost, code), text);
    }
}

#[tokio::test]
async fn markup_is_refused_in_the_form() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    let markup = [("signInName", "<b>@x.example"), ("password", "<b>")];
    let text = "Input for 'signInName' received in the request has failed HTTP request \
                validation. Ensure that the input does not contain characters such as < or &.";
    let refused = bench.visitor.submit(&page, &markup).await;
    assert_eq!(refused.status, 200);
    assert_eq!(refused.text_of("error").unwrap(), text);

    // The same for a script.
    let (action, token) = page.form();
    let body = "request_type=RESPONSE&signInName=%3Cb%3E&password=x";
    let headers = [
        ("x-csrf-token", token.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let answer = bench
        .visitor
        .request(Method::POST, &action, &headers, body.into())
        .await
        .json();
    assert_eq!(
        answer,
        serde_json::json!({ "status": "400", "errorCode": "AADB2C90122", "message": text })
    );

    // A password may be anything.
    let wrong = [("signInName", "ada@emulator.example"), ("password", "<b>")];
    let wrong = bench.visitor.submit(&page, &wrong).await;
    assert_eq!(
        wrong.text_of("error").unwrap(),
        "Your password is incorrect."
    );
}

#[tokio::test]
async fn the_browser_chooses_the_language_where_the_application_does_not() {
    let mut bench = Bench::new().await;
    let german = [("accept-language", "nl, de-AT;q=0.9, en;q=0.8")];
    let open = async |bench: &mut Bench, path: String| {
        let request = bench
            .visitor
            .request(Method::GET, &path, &german, Vec::new());
        request.await.body
    };
    let path = bench.ask().path();
    assert!(open(&mut bench, path).await.contains("<html lang=\"de\">"));
    let path = bench.ask().with("ui_locales", "fr").path();
    assert!(open(&mut bench, path).await.contains("<html lang=\"fr\">"));
    let path = "/b2cemulator.onmicrosoft.com/B2C_1_signupsignin1/oauth2/v2.0/logout";
    assert!(
        open(&mut bench, path.to_owned())
            .await
            .contains("<html lang=\"de\">")
    );
}
