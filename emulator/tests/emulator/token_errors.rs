//! Every refusal of the token endpoint.

use b2c_emulator::{Client, Emulator};
use reqwest::Method;

use crate::support::{Bench, EDIT, Page, SIGN_IN, changed};

fn assert_refused(page: &Page, error: &str, text: &str) {
    let (actual, line) = page.token_error();
    assert!(line.starts_with(text), "{line}");
    assert_eq!(actual, error, "{line}");
    assert!(page.header("cache-control").contains("no-store"));
}

#[tokio::test]
async fn bad_requests_are_refused_and_leave_the_code_intact() {
    let other = Client::new("22223333-cccc-4444-dddd-5555eeee6666", "other-secret")
        .redirect_uri("http://localhost:5000/getAToken");
    let mut bench = Bench::of(Emulator::builder().client(other)).await;
    let write = bench.emulator.api_scope("demo.write");
    let code = bench.sign_in(&bench.ask()).await.code();
    let good = bench.redemption(&code);
    let with = |name: &str, value: &str| changed(&good, name, Some(value));
    let without = |name: &str| changed(&good, name, None);
    let other_client = changed(
        &with("client_id", "22223333-cccc-4444-dddd-5555eeee6666"),
        "client_secret",
        Some("other-secret"),
    );
    let own_secret_other_id = with("client_id", "22223333-cccc-4444-dddd-5555eeee6666");
    let mut tampered = code.clone();
    tampered.replace_range(60..61, if &code[60..61] == "A" { "B" } else { "A" });

    for (form, error, text) in [
        (
            without("grant_type"),
            "invalid_request",
            "AADB2C90083: The request is missing required parameter: grant_type.",
        ),
        (
            with("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            "unsupported_grant_type",
            "AADB2C90086: The supplied grant_type [urn:ietf:params:oauth:grant-type:jwt-bearer] is not supported.",
        ),
        (
            without("client_id"),
            "invalid_request",
            "AADB2C90008: The request does not contain a client id parameter.",
        ),
        (
            with("client_id", "no-such-app"),
            "invalid_client",
            "AADB2C90018: The client id 'no-such-app' specified in the request is not registered in tenant 'b2cemulator.onmicrosoft.com'.",
        ),
        (
            with("client_assertion", "e30.e30."),
            "invalid_request",
            "AADB2C99027: Policy 'B2C_1_signupsignin1' does not contain",
        ),
        (
            without("code"),
            "invalid_request",
            "AADB2C90083: The request is missing required parameter: code.",
        ),
        (
            with("code", "garbage"),
            "invalid_grant",
            "AADB2C90090: JWE is not a valid 5 segment token.",
        ),
        (
            with("code", &tampered),
            "invalid_grant",
            "AADB2C90085: The service has encountered an internal error.",
        ),
        (
            without("client_secret"),
            "invalid_request",
            "AADB2C90079: Clients must send a client_secret when redeeming a confidential grant.",
        ),
        (
            with("client_secret", "wrong"),
            "invalid_client",
            "AADB2C90081: The specified client_secret does not match the expected value for this client. Please correct the client_secret and try again.",
        ),
        (other_client, "invalid_client", "AADB2C90081: "),
        (
            own_secret_other_id,
            "invalid_grant",
            "AADB2C90279: The provided client id '22223333-cccc-4444-dddd-5555eeee6666' does not match the client id that issued the grant.",
        ),
        (
            without("redirect_uri"),
            "invalid_request",
            "AADB2C90083: The request is missing required parameter: redirect_uri.",
        ),
        (
            with("redirect_uri", "http://localhost:5000/other"),
            "invalid_request",
            "AADB2C90136: The request is missing parameters or has the wrong parameters. 'redirect_uri' has the value 'http://localhost:5000/other'. Expected value is 'http://localhost:5000/getAToken'.",
        ),
        (
            with("scope", "openid foo"),
            "invalid_scope",
            "AADB2C90117: The scope 'foo' provided in the request is not supported.",
        ),
        (
            with("scope", &write),
            "invalid_grant",
            "AADB2C90082: The provided grant has insufficient authorization for the requested scope",
        ),
    ] {
        assert_refused(&bench.token(SIGN_IN, &form).await, error, text);
    }
    assert_eq!(bench.redeem(&code).await.status, 200);
}

#[tokio::test]
async fn a_code_works_once() {
    let mut bench = Bench::new().await;
    let code = bench.sign_in(&bench.ask()).await.code();
    assert_eq!(bench.redeem(&code).await.status, 200);
    assert_refused(
        &bench.redeem(&code).await,
        "invalid_grant",
        "AADB2C90080: The provided grant has expired.",
    );
}

#[tokio::test]
async fn concurrent_redemptions_have_one_winner() {
    let mut bench = Bench::new().await;
    let code = bench.sign_in(&bench.ask()).await.code();
    let form = bench.redemption(&code);
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let path = format!("/{}/{SIGN_IN}/oauth2/v2.0/token", bench.emulator.tenant());
    let visitor = bench.visitor.clone();
    let attempt = || async { visitor.clone().post(&path, &form).await.status };
    let (a, b, c, d) = tokio::join!(attempt(), attempt(), attempt(), attempt());
    let won = [a, b, c, d]
        .into_iter()
        .filter(|&status| status == 200)
        .count();
    assert_eq!(won, 1);
}

#[tokio::test]
async fn grants_belong_to_the_user_flow_that_issued_them() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask().at(EDIT)).await;
    let ada = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let page = bench.visitor.submit(&page, &ada).await;
    let code = bench
        .visitor
        .submit(
            &page,
            &[
                ("displayName", "Ada"),
                ("givenName", "Ada"),
                ("surname", "L"),
                ("city", "L"),
                ("country", "UK"),
            ],
        )
        .await
        .code();
    assert_refused(
        &bench.redeem(&code).await,
        "invalid_grant",
        "AADB2C90088: The provided grant has not been issued for this endpoint. Actual Value : \
         B2C_1_signupsignin1 and Expected Value : B2C_1_profileediting1",
    );
    let tokens = bench.token(EDIT, &bench.redemption(&code)).await.json();
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    assert_refused(
        &bench.refresh(refresh_token).await,
        "invalid_grant",
        "AADB2C90088: ",
    );
}

#[tokio::test]
async fn only_post_is_supported() {
    let mut bench = Bench::new().await;
    let path = format!(
        "/{}/{SIGN_IN}/oauth2/v2.0/token?grant_type=x",
        bench.emulator.tenant()
    );
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let page = bench.visitor.request(method, &path, &[], Vec::new()).await;
        assert_refused(
            &page,
            "invalid_request",
            "AADB2C90226: The specified token exchange is only supported over HTTP POST.",
        );
    }
}

#[tokio::test]
async fn credentials_may_come_in_a_header() {
    let mut bench = Bench::new().await;
    let code = bench.sign_in(&bench.ask()).await.code();
    let form = changed(
        &changed(&bench.redemption(&code), "client_id", None),
        "client_secret",
        None,
    );
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let body = crate::support::encoded(&form).into_bytes();
    let path = format!("/{}/{SIGN_IN}/oauth2/v2.0/token", bench.emulator.tenant());
    let form_type = ("content-type", "application/x-www-form-urlencoded");
    let wrong = [
        form_type,
        (
            "authorization",
            "Basic MDAwMDExMTEtYWFhYS0yMjIyLWJiYmItMzMzM2NjY2M0NDQ0Ondyb25n",
        ),
    ];
    let page = bench
        .visitor
        .request(Method::POST, &path, &wrong, body.clone())
        .await;
    assert_refused(&page, "invalid_client", "AADB2C90081: ");
    let right = [
        form_type,
        (
            "authorization",
            "Basic MDAwMDExMTEtYWFhYS0yMjIyLWJiYmItMzMzM2NjY2M0NDQ0OmVtdWxhdG9yLXNlY3JldC1ub3QtZm9yLXByb2R1Y3Rpb24=",
        ),
    ];
    let page = bench
        .visitor
        .request(Method::POST, &path, &right, body)
        .await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(
        bench.emulator.requests().last().unwrap().client_id(),
        Some("00001111-aaaa-2222-bbbb-3333cccc4444")
    );
}
