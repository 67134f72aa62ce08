//! Every refusal of the authorization endpoint: its code, its channel, its layout.

use b2c_emulator::{Client, Emulator, Outcome};
use reqwest::Method;

use crate::support::{Ask, Bench, RESET, assert_page, assert_redirect};

const APP: &str = "http://localhost:5000/getAToken";

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one entry per refusal")]
async fn bad_parameters_are_told_to_the_application() {
    let mut bench = Bench::new().await;
    let read = bench.emulator.api_scope("demo.read");
    let own = bench.emulator.client().client_id().to_owned();
    let ask = bench.ask();
    let in_query = ask.clone().with("response_mode", "query");
    let cases: Vec<(Ask, &str, &str, &str)> = vec![
        (
            ask.clone().without("scope"),
            "invalid_request",
            "90010",
            "The request does not contain a scope parameter.",
        ),
        (
            ask.clone().with("scope", "   "),
            "invalid_request",
            "90115",
            "When requesting the 'code' response_type,",
        ),
        (
            ask.clone().with("scope", "offline_access"),
            "invalid_request",
            "90115",
            "When requesting the 'code' response_type,",
        ),
        (
            ask.clone().with("scope", "openid foo"),
            "invalid_request",
            "90117",
            "The scope 'foo' provided in the request is not supported.",
        ),
        (
            ask.clone().with("scope", &format!("{read}x")),
            "invalid_request",
            "90117",
            "The scope '",
        ),
        (
            ask.clone().with("scope", "openid \"x"),
            "invalid_request",
            "99005",
            "The request contains an invalid scope parameter which includes an illegal character '\"'.",
        ),
        (
            ask.clone().with("scope", &format!("{own} {read}")),
            "invalid_request",
            "90146",
            "The scope '",
        ),
        (
            ask.clone().without("response_type"),
            "invalid_request",
            "90013",
            "The requested response type '' provided in the request is not supported.",
        ),
        (
            ask.clone().with("response_type", "code code"),
            "invalid_request",
            "90013",
            "The requested response type 'code code'",
        ),
        (
            ask.clone().with("response_type", "<b>"),
            "invalid_request",
            "90013",
            "The requested response type '<b>'",
        ),
        (
            ask.clone().with("response_mode", "web_message"),
            "invalid_request",
            "90014",
            "The requested response mode 'web_message' provided in the request is not supported.",
        ),
        (
            ask.clone().with("prompt", "create"),
            "invalid_request",
            "90043",
            "The prompt included in the request contains invalid values. Expected 'none', 'login', 'consent' or 'select_account'.",
        ),
        (
            ask.clone().with("prompt", "none"),
            "interaction_required",
            "90077",
            "User does not have an existing session and request prompt parameter has a value of 'None'.",
        ),
        (
            ask.clone().with("prompt", "none").at(RESET),
            "interaction_required",
            "90077",
            "User does not have",
        ),
        (
            ask.clone().with("max_age", "-1"),
            "invalid_request",
            "90120",
            "The max age parameter '-1' specified",
        ),
        (
            ask.clone().with("code_challenge_method", "S512"),
            "invalid_request",
            "90184",
            "The supplied code_challenge_method is not supported. Supported values are plain or S256",
        ),
        (
            in_query.clone().with("response_type", "id_token"),
            "unauthorized_client",
            "90057",
            "The provided application is not configured to allow the 'OAuth' Implicit flow.",
        ),
        (
            in_query.clone().with("response_type", "id_token code"),
            "unauthorized_client",
            "90057",
            "The provided application",
        ),
        (
            in_query.clone().with("response_type", "token"),
            "unauthorized_client",
            "90057",
            "The provided application",
        ),
        (
            in_query
                .clone()
                .with("response_type", "code token id_token"),
            "unauthorized_client",
            "90057",
            "The provided application",
        ),
    ];
    for (ask, error, code, text) in cases {
        let page = bench.open(&ask).await;
        let code = format!("AADB2C{code}");
        let message = assert_redirect(&page, APP, error, &code);
        assert!(message.starts_with(text), "{message}");
        let requests = bench.emulator.requests();
        assert_eq!(requests.last().unwrap().outcome(), &Outcome::Refused(code));
    }
    assert_eq!(bench.emulator.pending_sign_ins(), 0);
}

#[tokio::test]
async fn an_unregistered_redirect_uri_is_told_at_a_registered_one() {
    let mut bench = Bench::of(
        Emulator::builder()
            .redirect_uri("https://app.example/one?tenant=1")
            .redirect_uri("https://app.example/two"),
    )
    .await;
    for wrong in [
        "https://app.example/Two",
        "https://app.example/two/",
        "http://app.example/two",
    ] {
        let page = bench.open(&bench.ask().with("redirect_uri", wrong)).await;
        let location = page.location();
        let start = "https://app.example/one?tenant=1&error=redirect_uri_mismatch&error_description=AADB2C90006%3a+";
        assert!(location.starts_with(start), "{location}");
        let description = page.parameter("error_description").unwrap();
        assert!(description.contains(&format!("'{wrong}'")), "{description}");
    }
}

#[tokio::test]
async fn without_a_trustworthy_application_the_error_stays_on_the_page() {
    let bare = Client::new("22223333-cccc-4444-dddd-5555eeee6666", "secret");
    let mut bench = Bench::of(Emulator::builder().client(bare)).await;
    let ask = bench.ask();
    let cases: Vec<(Ask, &str, &str)> = vec![
        (
            ask.clone().without("client_id"),
            "AADB2C90008",
            "The request does not contain a client id parameter.",
        ),
        (
            ask.clone().with("client_id", "no-such-app"),
            "AADB2C90018",
            "The client id 'no-such-app' specified in the request is not registered in tenant 'b2cemulator.onmicrosoft.com'.",
        ),
        (
            ask.clone()
                .with("client_id", "22223333-cccc-4444-dddd-5555eeee6666"),
            "AADB2C90007",
            "The application associated with client id '22223333-cccc-4444-dddd-5555eeee6666' has no registered redirect URIs.",
        ),
        (
            ask.clone().without("redirect_uri"),
            "AADB2C90004",
            "The request does not contain a redirect URI.",
        ),
        (
            ask.clone().with("redirect_uri", "getAToken"),
            "AADB2C90005",
            "The redirect URI 'getAToken' has an invalid format.",
        ),
    ];
    for (ask, code, text) in cases {
        let page = bench.open(&ask).await;
        let message = assert_page(&page, code);
        assert!(message.starts_with(text), "{message}");
    }
    let page = bench
        .open(&ask.with("client_id", "<script>alert(1)</script>"))
        .await;
    assert!(!page.body.contains("<script"), "{}", page.body);
}

#[tokio::test]
async fn an_api_that_was_not_granted_is_refused() {
    let reader = Client::new("22223333-cccc-4444-dddd-5555eeee6666", "secret")
        .redirect_uri(APP)
        .granted_scopes(["demo.read"]);
    let mut bench = Bench::of(Emulator::builder().client(reader)).await;
    let write = bench.emulator.api_scope("demo.write");
    let ask = bench
        .ask()
        .with("client_id", "22223333-cccc-4444-dddd-5555eeee6666");
    let page = bench
        .open(&ask.clone().with("scope", &format!("openid {write}")))
        .await;
    assert_redirect(&page, APP, "invalid_request", "AADB2C90205");
    // With one granted scope among them, the sign-in goes on.
    let both = format!("openid {write} {}", bench.emulator.api_scope("demo.read"));
    assert_eq!(bench.open(&ask.with("scope", &both)).await.status, 200);
}

#[tokio::test]
async fn a_repeated_parameter_is_joined_and_so_refused() {
    let mut bench = Bench::new().await;
    let path = bench.ask().path();
    let page = bench.visitor.get(&format!("{path}&client_id=x")).await;
    assert_page(&page, "AADB2C90018");
    let page = bench
        .visitor
        .get(&format!("{path}&response_type=code"))
        .await;
    assert_eq!(page.error_code(), "AADB2C90013");
}

#[tokio::test]
async fn only_get_is_supported() {
    let mut bench = Bench::new().await;
    let path = bench.ask().path();
    let page = bench
        .visitor
        .request(Method::POST, &path, &[], Vec::new())
        .await;
    assert_page(&page, "AADB2C90015");
}
