//! What a provider, or somebody in its place, may send that is no answer.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use b2c_emulator::{Endpoint, Forgery, Misbehaviour};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use tower_b2c::{BoxFuture, HttpClient, HttpError};

use crate::support::{Meddler, SITE, Site, World};

/// Puts something else into the place of the provider's answers.
#[derive(Clone)]
struct Replaces {
    http: reqwest::Client,
    /// The end of the path whose answers are replaced.
    at: &'static str,
    with: Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>,
}

impl HttpClient for Replaces {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        Box::pin(async move {
            let replaces = request.uri().path().ends_with(self.at);
            let request = reqwest::Request::try_from(request).unwrap();
            let answer = self.http.execute(request).await.unwrap();
            let status = answer.status();
            let mut body = answer.bytes().await.unwrap().to_vec();
            if replaces {
                body = (self.with)(body);
            }
            Ok(Response::builder().status(status).body(body).unwrap())
        })
    }
}

/// Documents that cost more to read than to write; each below the 1 MiB that is read at most.
fn bombs() -> Vec<(&'static str, String)> {
    let deep = 100_000;
    let mut keys = String::from("{");
    for number in 0..100_000 {
        let _ = write!(keys, "\"{number}\":0,");
    }
    keys.push_str("\"last\":0}");
    vec![
        ("nested arrays", "[".repeat(deep)),
        (
            "nested arrays, closed",
            format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
        ),
        ("nested objects", "{\"a\":".repeat(deep)),
        (
            "a nested member",
            format!("{{\"keys\":{}1{}}}", "[".repeat(deep), "]".repeat(deep)),
        ),
        ("a hundred thousand members", keys),
        (
            "a long number",
            format!("{{\"expires_in\":{}}}", "9".repeat(900_000)),
        ),
        (
            "a long fraction",
            format!("{{\"exp\":0.{}}}", "9".repeat(900_000)),
        ),
        (
            "a large exponent",
            format!("{{\"exp\":1e{}}}", "9".repeat(1000)),
        ),
        ("a long text", format!("\"{}\"", "\\u0000".repeat(150_000))),
        (
            "a hundred thousand keys",
            format!("{{\"keys\":[{}{{}}]}}", "{},".repeat(100_000)),
        ),
    ]
}

#[tokio::test]
async fn json_bombs_end_on_a_kind_page_in_no_time() {
    for at in ["/openid-configuration", "/keys", "/token"] {
        for (name, bomb) in bombs() {
            let replaces = Replaces {
                http: reqwest::Client::new(),
                at,
                with: Arc::new(move |_| bomb.clone().into_bytes()),
            };
            let world = World::with()
                .parts(move |builder| builder.http_client(replaces.clone()))
                .build()
                .await;
            let mut visitor = world.visitor();
            let begun = Instant::now();
            let page = if at == "/token" {
                visitor.signs_in("/private").await
            } else {
                visitor.opens("/private").await
            };
            assert!(
                page.status.is_server_error(),
                "{name} at {at}: {}",
                page.status
            );
            assert!(
                page.body.contains("Reference"),
                "{name} at {at}: {:.300}",
                page.body
            );
            assert!(begun.elapsed() < Duration::from_secs(10), "{name} at {at}");
            assert!(!visitor.cookies().contains_key("b2c-session-5000"));
        }
    }
}

#[tokio::test]
async fn json_bombs_in_tokens_are_no_tokens() {
    for (name, bomb) in bombs() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"k"}"#);
        let bomb = URL_SAFE_NO_PAD.encode(bomb);
        for token in [
            format!("{header}.{bomb}.AAAA"),
            format!("{bomb}.{header}.AAAA"),
        ] {
            let meddler = Meddler::new(move |_, json| json["id_token"] = token.clone().into());
            let world = World::with()
                .parts(move |builder| builder.http_client(meddler.clone()))
                .build()
                .await;
            let mut visitor = world.visitor();
            let page = visitor.signs_in("/private").await;
            assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{name}");
            assert!(!visitor.cookies().contains_key("b2c-session-5000"));
        }
    }
}

/// Times that are no whole seconds since 1970, or too far from now.
fn odd_times() -> Vec<Value> {
    let text = r#"[
        "9999999999", null, true, [9999999999], {}, -1, 0, 9999999999.5, 1e300, -1e300, 1.5,
        "", "tomorrow", -9223372036854775808
    ]"#;
    serde_json::from_str::<Vec<Value>>(text).unwrap()
}

#[tokio::test]
async fn times_of_another_type_never_pass() {
    let site = Site::new("").await;
    let sign_in = async || {
        // Whatever was remembered of the last failure is forgotten.
        site.clock.advance(Duration::from_secs(1));
        let mut browser = site.browser();
        let page = browser.opens("/private").await;
        (page.status, browser.cookie("__Host-b2c-session").is_some())
    };
    assert_eq!(sign_in().await, (StatusCode::OK, true), "without a fault");
    for claim in ["exp", "iat", "nbf"] {
        for time in odd_times() {
            // A token that began in 1970 has begun, and so has one that was issued then.
            let harmless = claim != "exp" && time == json!(0);
            let bad = time.clone();
            site.op.behaves(|op| {
                op.claims = Box::new(move |_, claims| claims[claim] = bad.clone());
            });
            let (status, has_session) = sign_in().await;
            assert_eq!(has_session, harmless, "{claim}: {time}");
            assert_eq!(
                status == StatusCode::BAD_GATEWAY,
                !harmless,
                "{claim}: {time}"
            );
        }
    }
    // 64 bits are enough for any time that a token can mean.
    for end in [4_294_967_296_u64, u64::MAX] {
        site.op
            .behaves(|op| op.claims = Box::new(move |_, claims| claims["exp"] = end.into()));
        assert_eq!(sign_in().await, (StatusCode::OK, true), "{end}");
    }
}

#[tokio::test]
async fn a_metadata_document_cannot_send_anybody_elsewhere() {
    let endpoints = [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "end_session_endpoint",
    ];
    let elsewhere = [
        "https://evil.example/endpoint",
        "http://evil.example/endpoint",
        "//evil.example/endpoint",
        "data:text/html,endpoint",
        "javascript:alert(1)",
        "BASE@evil.example/endpoint",
        "BASE.evil.example/endpoint",
        "file:///etc/passwd",
        "",
    ];
    for endpoint in endpoints {
        for url in elsewhere {
            let meddler = Meddler::new(|_, _| ()).changes_metadata(move |document| {
                let issuer = url::Url::parse(document["issuer"].as_str().unwrap()).unwrap();
                let base = issuer.origin().ascii_serialization();
                document[endpoint] = url.replace("BASE", &base).into();
            });
            let world = World::with()
                .parts(move |builder| builder.http_client(meddler.clone()))
                .build()
                .await;
            let page = world.visitor().opens("/private").await;
            assert_eq!(
                page.status,
                StatusCode::SERVICE_UNAVAILABLE,
                "{endpoint}: {url}"
            );
        }
    }
}

#[tokio::test]
async fn ten_thousand_unknown_keys_cause_one_question_a_minute() {
    let world = World::new().await;
    world.visitor().signs_in("/private").await;
    let fetched = || {
        let requests = world.emulator.requests();
        let keys = requests
            .iter()
            .filter(|one| one.endpoint() == Some(Endpoint::Keys));
        keys.count()
    };
    assert_eq!(fetched(), 1);
    let genuine = world
        .emulator
        .forge(&Forgery::logout_token("ada@emulator.example"))
        .unwrap();
    let mut parts = genuine.split('.').skip(1);
    let (claims, signature) = (parts.next().unwrap(), parts.next().unwrap());
    let tells = async |kid: usize| {
        let header = json!({ "alg": "RS256", "typ": "logout+jwt", "kid": format!("kid-{kid}") });
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        let request = Request::post("/back-channel-logout")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!(
                "logout_token={header}.{claims}.{signature}"
            )));
        let answer = world.app.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(
            answer.status(),
            StatusCode::BAD_REQUEST,
            "a key that nobody has"
        );
    };
    for kid in 0..10_000 {
        tells(kid).await;
    }
    assert_eq!(
        fetched(),
        2,
        "once to begin with, once for the first of them"
    );

    // The provider is away: it is asked as seldom, and the last keys that it gave stay good.
    world.clock.advance(Duration::from_secs(61));
    world
        .emulator
        .misbehave(Endpoint::Keys, Misbehaviour::Status(503));
    world
        .emulator
        .misbehave(Endpoint::Metadata, Misbehaviour::Status(503));
    let before = world.emulator.requests().len();
    for kid in 0..200 {
        tells(kid).await;
    }
    assert!(
        world.emulator.requests().len() <= before + 1,
        "one question in this minute"
    );
    let page = world.visitor().signs_in("/private").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
}

#[tokio::test]
async fn an_answer_of_any_size_is_not_read_to_its_end() {
    // With the client that apps get, which stops at 1 MiB.
    let site = Site::new("").await;
    let long = "x".repeat(2 << 20);
    site.op
        .behaves(|op| op.metadata = json!({ "padding": long }));
    let page = site.browser().opens("/private").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    site.op.behaves(|op| op.metadata = json!({}));
    site.clock.advance(Duration::from_secs(60));
    let page = site.browser().opens("/private").await;
    assert_eq!(
        (page.status, page.url),
        (StatusCode::OK, format!("{SITE}/private"))
    );
}
