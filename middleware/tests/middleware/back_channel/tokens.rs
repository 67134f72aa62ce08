//! Which logout tokens count, and which requests bring one.

use std::time::Duration;

use axum::body::Body;
use b2c_emulator::{Algorithm, Forgery};
use http::{Method, Request, StatusCode};
use tower::ServiceExt as _;

use super::{ADA, FORM, PATH, about, forged, is_signed_in, posts, signed_in, tells, world};
use crate::support::{Page, Shared, World};

#[tokio::test]
async fn a_token_counts_once_on_all_instances() {
    let store = Shared::default();
    let world = World::with()
        .parts(move |builder| builder.store(store.clone()))
        .build()
        .await;
    let mut visitor = signed_in(&world, ADA).await;
    let token = forged(&world, &about(ADA));
    assert_eq!(tells(&world, &token).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut visitor).await);
    world.wait(Duration::from_secs(1));
    let mut visitor = signed_in(&world, ADA).await;
    let answer = tells(&world, &token).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json["error"], "invalid_request");
    let request = Request::post(PATH).header("content-type", FORM);
    let request = request
        .body(Body::from(format!("logout_token={token}")))
        .unwrap();
    let second = world.second.clone().oneshot(request).await.unwrap();
    assert_eq!(second.status(), StatusCode::BAD_REQUEST);
    assert!(
        is_signed_in(&mut visitor).await,
        "the newer session was not meant"
    );
    // The same name of another token of long ago, or of another issuer, would be another.
    let next = about(ADA).claim("jti", "two");
    assert_eq!(
        tells(&world, &forged(&world, &next)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn forged_tokens_end_nothing() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    let now = world.emulator.now();
    let bad = [
        ("unsigned", about(ADA).algorithm(Algorithm::None)),
        (
            "signed with the public key",
            about(ADA).algorithm(Algorithm::Hs256),
        ),
        ("signature", about(ADA).bad_signature()),
        ("unknown key", about(ADA).kid("nobody's")),
        ("ID token", Forgery::id_token(ADA)),
        ("access token", Forgery::access_token(ADA)),
        ("ID token with an event", {
            let events = serde_json::json!({ EVENT: {} });
            Forgery::id_token(ADA)
                .claim("events", events)
                .claim("nonce", "n")
        }),
        ("old", about(ADA).claim("iat", now - 400)),
        ("of the future", about(ADA).claim("iat", now + 200)),
        ("ended", about(ADA).claim("exp", now - 300)),
        ("endless", about(ADA).without("exp")),
        (
            "exp as text",
            about(ADA).claim("exp", (now + 60).to_string()),
        ),
        ("exp as 1e300", about(ADA).claim("exp", 1e300)),
        (
            "sid as a list",
            about(ADA).claim("sid", serde_json::json!(["a"])),
        ),
        ("empty sid", about(ADA).claim("sid", "")),
        ("foreign audience", about(ADA).claim("aud", "somebody-else")),
        ("several audiences", {
            let client_id = world.emulator.client().client_id();
            about(ADA).claim("aud", serde_json::json!([client_id, "somebody-else"]))
        }),
        (
            "foreign issuer",
            about(ADA).claim("iss", "https://elsewhere.example/"),
        ),
    ];
    for (what, forgery) in bad {
        let answer = tells(&world, &forged(&world, &forgery)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}");
        let description = answer.json["error_description"].as_str().unwrap();
        assert!(
            !description.contains("eyJ") && !description.contains(ADA),
            "{description}"
        );
    }
    for text in [
        "",
        ".",
        "..",
        "a.b.c",
        "eyJ",
        "%00",
        "é",
        &"A".repeat(60_000),
        &"[".repeat(9000),
    ] {
        assert_eq!(
            tells(&world, text).await.status,
            StatusCode::BAD_REQUEST,
            "{text:.9}"
        );
    }
    assert!(is_signed_in(&mut visitor).await);
}

#[tokio::test]
async fn only_one_form_of_bounded_size_is_a_logout_request() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    let token = forged(&world, &about(ADA));
    let form = format!("logout_token={token}");
    for (kind, body) in [
        ("application/json", form.clone()),
        ("text/plain", form.clone()),
        (FORM, String::new()),
        (FORM, "&".to_owned()),
        (FORM, format!("token={token}")),
        (FORM, format!("{form}&{form}")),
        (FORM, format!("{form}&logout_token=")),
    ] {
        let answer = posts(&world, kind, body.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{kind} {body:.30}");
    }
    let huge = format!("{form}&x={}", "x".repeat(1 << 20));
    let answer = posts(&world, FORM, huge).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    // One that does not say how long it is, and never ends.
    let endless = futures_body();
    let answer = posts(&world, FORM, endless).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);

    for method in [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        let page: Page = visitor.sends_with(method.clone(), PATH, &[]).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(page.headers["allow"], "POST");
    }
    assert!(is_signed_in(&mut visitor).await);
    let with_charset = "application/x-www-form-urlencoded;charset=UTF-8";
    let answer = posts(&world, with_charset, format!("a=b&{form}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!is_signed_in(&mut visitor).await);
}

/// A body of unknown length that goes on for ever.
fn futures_body() -> Body {
    struct Endless;
    impl http_body::Body for Endless {
        type Data = bytes::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
            let data = bytes::Bytes::from_static(&[b'x'; 1024]);
            std::task::Poll::Ready(Some(Ok(http_body::Frame::data(data))))
        }
    }
    Body::new(Endless)
}

#[tokio::test]
async fn newer_keys_are_asked_for_once_a_minute_at_most() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    let keys = || {
        let requests = world.emulator.requests();
        let keys = requests
            .iter()
            .filter(|request| request.path().contains("/discovery/"));
        keys.count()
    };
    let before = keys();
    world.emulator.rotate_signing_key();
    assert_eq!(
        tells(&world, &forged(&world, &about(ADA))).await.status,
        StatusCode::OK
    );
    assert!(!is_signed_in(&mut visitor).await, "the new key was found");
    for number in 0..100 {
        let forgery = about(ADA).kid(format!("unknown-{number}"));
        let answer = tells(&world, &forged(&world, &forgery)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(keys() - before, 1, "{:?}", world.emulator.requests().last());
}

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
