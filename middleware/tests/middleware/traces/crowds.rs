//! Who a span belongs to where many need the same, or nobody waits.

use std::time::{Duration, Instant};

use b2c_emulator::{Endpoint, Misbehaviour};
use http::{Method, StatusCode};
use tracing::Instrument as _;

use super::PARENT;
use crate::support::{Heard, Log, Spans, TroubledStore, Witness, World};

#[tokio::test]
async fn a_session_that_is_not_in_memory_is_one_round_trip_of_its_request() {
    let store = TroubledStore::default();
    let world = World::with().parts(move |builder| builder.store(store.clone()));
    let world = world.build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let (spans, _guard) = Spans::listen(Log::default());
    let request = http::Request::get("/private").header("cookie", &cookie);
    let request = request.body(axum::body::Body::empty()).unwrap();
    let outer = tracing::info_span!(target: "tower_b2c::of_the_test", "the app's");
    let answer = tower::ServiceExt::oneshot(world.second.clone(), request);
    let answer = answer.instrument(outer).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let there = spans.take();
    let outer = there.iter().find(|span| span.name == "the app's").unwrap();
    let load = Spans::one(&there, "load other");
    assert!(Spans::is_within(load, outer), "{there:#?}");
    assert_eq!(load.says("db.system.name"), "other");
    let own = there.iter().filter(|span| span.name == "request");
    assert_eq!(own.count(), 0, "it passes: {there:#?}");
}

#[tokio::test]
async fn a_crowd_that_needs_a_token_has_one_span_for_it() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(Duration::from_secs(3590));
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let headers = [("cookie", cookie.as_str()), ("traceparent", PARENT)];
    let (spans, _guard) = Spans::listen(Log::default());
    let asks = || visitor.sends_with(Method::GET, "/api", &headers);
    let (one, two, three) = tokio::join!(asks(), asks(), asks());
    for page in [one, two, three] {
        assert!(page.body.starts_with("200 "), "{}", page.body);
    }
    let there = spans.take();
    let token = Spans::one(&there, "POST token");
    assert_eq!(token.says("otel.kind"), "client");
}

#[tokio::test]
async fn what_nobody_waits_for_is_in_the_trace_and_not_in_the_span() {
    let witness = Witness::default();
    let client = witness.clone();
    let world = World::with().parts(move |builder| builder.http_client(client.clone()));
    let world = world.build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    witness.seen_with("traceparent");
    world.wait(Duration::from_secs(3500));
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let headers = [("cookie", cookie.as_str()), ("traceparent", PARENT)];
    let (spans, _guard) = Spans::listen(Log::default());
    let outer = tracing::info_span!(target: "tower_b2c::of_the_test", "the app's");
    let page = visitor.sends_with(Method::GET, "/api", &headers);
    let page = page.instrument(outer).await;
    assert!(page.body.starts_with("200 "), "the token at hand serves");
    let started = Instant::now();
    while world.grants("refresh_token") == 0 {
        assert!(started.elapsed() < Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
    let seen = witness.seen_with("traceparent");
    assert_eq!(seen, [("token".into(), PARENT.into())]);
    let there = spans.take();
    let outer = there.iter().find(|span| span.name == "the app's").unwrap();
    let token = Spans::one(&there, "POST token");
    assert!(!Spans::is_within(token, outer), "{there:#?}");
}

#[tokio::test]
async fn a_visitor_who_hangs_up_ends_the_request_to_the_provider() {
    let heard = Heard::default();
    let _recorder = heard.listen();
    let witness = Witness::default();
    let client = witness.clone();
    let world = World::with().parts(move |builder| builder.http_client(client.clone()));
    let world = world.build().await;
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::Hang);
    let (spans, _guard) = Spans::listen(Log::default());
    let mut visitor = world.visitor();
    let asked = async {
        // Only forms have a type.
        while witness.seen_with("content-type").is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        page = visitor.signs_in("/private") => panic!("{}", page.body),
        () = asked => {}
    }
    let cancelled =
        "tower_b2c_provider_request_seconds{provider=default,endpoint=token,outcome=cancelled}";
    assert_eq!(heard.of(cancelled), 1);
    let there = spans.take();
    let token = Spans::one(&there, "POST token");
    assert_eq!(token.says("error.type"), "cancelled");
    assert_eq!(token.says("http.response.status_code"), "");
}

#[tokio::test]
async fn problem_details_have_the_reference_of_their_span() {
    let world = World::new().await;
    let (spans, _guard) = Spans::listen(Log::default());
    let script = world.visitor();
    let page = script
        .sends_with(Method::GET, "/getAToken?code=1", &[("accept", "*/*")])
        .await;
    let problem: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    let there = spans.take();
    let span = Spans::one(&there, "GET /getAToken");
    assert_eq!(problem["reference"], span.says("tower_b2c.reference"));
    // Each request has its own.
    script
        .sends_with(Method::GET, "/getAToken?code=1", &[("accept", "*/*")])
        .await;
    let again = spans.take();
    let other = Spans::one(&again, "GET /getAToken");
    assert_ne!(problem["reference"], other.says("tower_b2c.reference"));
}
