//! What a test sees of a challenge, and what it is told where that is another than it expects.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use tower_b2c::testing::{Challenged, challenge, sign_in};
use tower_b2c::{BearerChallenge, Challenge, ClaimsChallenge, Prompt};

use super::{App, FIVE_MINUTES, STEPUP, SUSI};

/// What an assertion that fails says.
fn told<T>(fails: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(fails)) else {
        panic!("the assertion holds");
    };
    panic.downcast_ref::<String>().unwrap().clone()
}

async fn asked(app: &App, path: &str) -> Challenged {
    let nobody = HeaderValue::from_static("theme=dark");
    challenge(app.opens(path, &nobody).await).await
}

#[tokio::test]
async fn a_browser_is_sent_to_the_provider() {
    let app = App::new();
    let asked = asked(&app, "/private").await;
    let redirect = asked
        .redirect()
        .assert_authority("https://contoso.b2clogin.com/contoso.onmicrosoft.com")
        .assert_user_flow("b2c_1_SIGNUPSIGNIN1")
        .assert_redirect_uri("http://localhost:5000/getAToken")
        .assert_scope("openid")
        .assert_protected();
    assert_eq!(redirect.prompt(), None);
    assert_eq!(redirect.parameter("response_type"), Some("code"));

    for (message, part) in [
        (
            told(|| redirect.assert_authority("https://contoso.b2clogin.co")),
            "contoso.b2clogin.com",
        ),
        (told(|| redirect.assert_user_flow(STEPUP)), SUSI),
        (told(|| redirect.assert_prompt(Prompt::Login)), "found none"),
        (
            told(|| redirect.assert_scopes(&["openid"])),
            "offline_access",
        ),
        (told(|| redirect.assert_scope("email")), "openid"),
        (told(|| redirect.assert_max_age(FIVE_MINUTES)), "300"),
        (
            told(|| asked.refused()),
            "found a redirect to https://contoso",
        ),
        (told(|| asked.grpc()), "expected a gRPC status"),
        (told(|| asked.assert_none()), "expected no challenge"),
    ] {
        assert!(message.contains(part), "{message}");
        for secret in ["state", "nonce", "code_challenge"] {
            let value = redirect.parameter(secret).unwrap();
            assert!(!message.contains(value), "{secret} in {message}");
            assert!(!format!("{asked:?} {redirect:?}").contains(value));
        }
    }
}

#[tokio::test]
async fn what_else_a_response_is_is_told_without_its_query() {
    let redirect = |to: &'static str| {
        let response = Response::builder().status(303).header(header::LOCATION, to);
        challenge(response.body(Body::empty()).unwrap())
    };
    for to in [
        "/home?token=canary",
        "https://elsewhere.example/?code=canary#canary",
    ] {
        let found = redirect(to).await;
        found.assert_none();
        let message = told(|| found.redirect().endpoint().len());
        let place = to.split('?').next().unwrap();
        assert!(
            message.contains(place) && !message.contains("canary"),
            "{message}"
        );
    }
    let unprotected = "https://id.example/authorize?client_id=c&response_type=code&state=s";
    let unprotected = redirect(unprotected).await;
    let message = told(|| unprotected.redirect().assert_protected().endpoint().len());
    assert!(message.contains("no nonce"), "{message}");
    let plain = "https://id.example/authorize?client_id=c&response_type=code&state=s&nonce=n\
                 &code_challenge=c&code_challenge_method=plain";
    let plain = redirect(plain).await;
    let message = told(|| plain.redirect().assert_protected().endpoint().len());
    assert!(message.contains("found \"plain\""), "{message}");
    let pushed = redirect("https://id.example/authorize?client_id=c&request_uri=urn:x").await;
    assert!(pushed.redirect().assert_protected().is_pushed());
}

#[tokio::test]
async fn a_script_and_a_handler_by_itself_are_read_alike() {
    let app = App::new();
    let cookie = sign_in(&app.layer)
        .age(Duration::from_secs(3600))
        .cookie()
        .await
        .unwrap();
    let script = HeaderMap::from_iter([(header::COOKIE, cookie)]);
    let behind = challenge(app.sends("GET", "/vault", script.clone()).await).await;
    behind
        .refused()
        .assert_status(401)
        .assert_user_flow("stepup");
    assert!(
        behind
            .refused()
            .sign_in()
            .unwrap()
            .starts_with("http://localhost:5000/login?")
    );
    let behind = challenge(app.sends("GET", "/fresh", script.clone()).await).await;
    behind
        .refused()
        .assert_reason("sign_in_required")
        .assert_max_age(FIVE_MINUTES);
    let message = told(|| {
        behind
            .refused()
            .assert_max_age(Duration::from_secs(1))
            .status()
    });
    assert!(message.contains("300s"), "{message}");
    let behind = challenge(app.sends("GET", "/token", script).await).await;
    behind
        .refused()
        .assert_scopes(&["https://contoso.onmicrosoft.com/demo-api/demo.read"]);

    let raised = Challenge::sign_in()
        .with_scopes(["demo.read"])
        .with_user_flow("stepup")
        .with_max_age(FIVE_MINUTES)
        .with_prompt(Prompt::Login);
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(raised);
    let raised = challenge(response).await;
    let raised = raised
        .refused()
        .assert_status(401)
        .assert_reason("sign_in_required");
    raised
        .assert_scopes(&["demo.read"])
        .assert_user_flow("stepup")
        .assert_max_age(FIVE_MINUTES);
    assert_eq!(raised.detail("prompt"), Some("login"));
}

#[tokio::test]
async fn claims_challenges_are_read_at_every_depth() {
    let json = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let wanted = ClaimsChallenge::from_json(json).unwrap();
    let bearer = BearerChallenge::insufficient_claims(&wanted);
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(bearer);
    let refused = challenge(response).await;
    refused
        .refused()
        .assert_reason("insufficient_claims")
        .assert_claims(json);
    let spaced = r#"{ "access_token": { "acrs": { "value": "c1", "essential": true } } }"#;
    refused.refused().assert_claims(spaced);
    let message = told(|| refused.refused().assert_claims("{}").status());
    assert!(message.contains("acrs"), "{message}");

    let mut response = Response::new(Body::empty());
    response
        .extensions_mut()
        .insert(Challenge::sign_in().with_claims(json));
    challenge(response).await.refused().assert_claims(json);
}

#[tokio::test]
async fn grpc_clients_get_a_status() {
    let app = App::new();
    for kind in ["application/grpc", "application/grpc-web+proto"] {
        let content =
            HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        let answer = app.sends("POST", "/vault", content).await;
        let status = challenge(answer).await;
        status
            .grpc()
            .assert_code(16)
            .assert_reason("SIGN_IN_REQUIRED");
        assert!(
            status
                .grpc()
                .metadata("sign_in")
                .unwrap()
                .contains("/login"),
            "{kind}"
        );
        let message = told(|| status.grpc().assert_code(7).code());
        assert!(
            message.contains("16") && message.contains("SIGN_IN_REQUIRED"),
            "{message}"
        );
    }
    let returned: tonic::Status = BearerChallenge::insufficient_scope(["demo.write"]).into();
    let seen = tower_b2c::testing::status(&returned);
    seen.assert_code(7)
        .assert_reason("INSUFFICIENT_SCOPE")
        .assert_scopes(&["demo.write"]);
    let nothing = tower_b2c::testing::status(&tonic::Status::not_found("no such note"));
    assert_eq!((nothing.code(), nothing.reason()), (5, None));
    assert_eq!(nothing.message(), "no such note");
}

#[tokio::test]
async fn somebody_elses_problems_are_no_challenge() {
    let answer = |kind: &str, status: StatusCode, body: Body| {
        let response = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, kind);
        challenge(response.body(body).unwrap())
    };
    let problem = "application/problem+json";
    for body in ["", "{", "[]", r#"{"reason":7}"#, r#"{"title":"canary"}"#] {
        let found = answer(problem, StatusCode::CONFLICT, Body::from(body)).await;
        found.assert_none();
        let message = told(|| found.refused().status());
        assert!(
            message.contains("409") && !message.contains("canary"),
            "{message}"
        );
    }
    let huge = format!(r#"{{"reason":"{}"}}"#, "x".repeat(100_000));
    answer(problem, StatusCode::UNAUTHORIZED, Body::from(huge))
        .await
        .assert_none();
    answer("text/html", StatusCode::OK, Body::from("<p>"))
        .await
        .assert_none();
    let ok = Response::builder().header(header::CONTENT_TYPE, "application/grpc");
    let ok = ok.header("grpc-status", "0").body(Body::empty()).unwrap();
    challenge(ok).await.assert_none();
}
