//! Spans, and the trace that requests belong to.

mod apis;
mod crowds;

use std::time::Duration;

use b2c_emulator::{Endpoint, Misbehaviour};
use http::{Method, StatusCode};
use tower_b2c::{RedisStore, Secret};

use crate::support::{Log, Spans, TroubledStore, Witness, World};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn requests_that_pass_have_no_span() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let (spans, _guard) = Spans::listen(Log::default());
    for path in ["/", "/private"] {
        let page = visitor.opens(path).await;
        assert_eq!(page.status, StatusCode::OK);
    }
    let traced = [("traceparent", PARENT)];
    visitor.sends_with(Method::GET, "/api", &traced).await;
    world.visitor().opens("/").await;
    let there = spans.take();
    assert!(there.is_empty(), "{there:#?}");
    // It does hear.
    visitor.opens("/session").await;
    world.visitor().opens("/login").await;
    assert!(!spans.take().is_empty());
}

#[tokio::test]
async fn a_sign_in_has_the_spans_that_opentelemetry_knows() {
    let world = World::with().parts(|builder| builder.store(TroubledStore::default()));
    let world = world.build().await;
    let (spans, _guard) = Spans::listen(Log::default());
    world.visitor().signs_in("/private").await;
    let spans = spans.take();

    let challenge = spans.iter().find(|span| span.name == "challenge").unwrap();
    assert_eq!(challenge.says("http.response.status_code"), "303");
    assert_eq!(challenge.says("tower_b2c.outcome"), "challenged");
    let discovery = Spans::one(&spans, "GET discovery");
    assert!(Spans::is_within(discovery, challenge), "{spans:#?}");

    let callback = Spans::one(&spans, "GET /getAToken");
    for (field, value) in [
        ("otel.kind", "server"),
        ("otel.status_code", ""),
        ("http.request.method", "GET"),
        ("http.route", "/getAToken"),
        ("http.response.status_code", "303"),
        ("error.type", ""),
        ("tower_b2c.outcome", "signed_in"),
    ] {
        assert_eq!(callback.says(field), value, "{field} of {callback:#?}");
    }
    let token = Spans::one(&spans, "POST token");
    assert!(Spans::is_within(token, callback), "{spans:#?}");
    let port = world.emulator.port().to_string();
    for (field, value) in [
        ("otel.kind", "client"),
        ("http.request.method", "POST"),
        ("http.response.status_code", "200"),
        ("server.port", port.as_str()),
        ("tower_b2c.provider", "default"),
        ("tower_b2c.endpoint", "token"),
    ] {
        assert_eq!(token.says(field), value, "{field} of {token:#?}");
    }
    let url = token.says("url.full");
    assert!(url.starts_with(world.emulator.base_url()), "{url}");
    assert!(url.contains(token.says("server.address")), "{url}");

    let insert = Spans::one(&spans, "insert other");
    assert!(Spans::is_within(insert, callback), "{spans:#?}");
    assert_eq!(insert.says("otel.kind"), "client");
    assert_eq!(insert.says("db.system.name"), "other");
    assert_eq!(insert.says("db.operation.name"), "insert");

    for span in &spans {
        for value in span.fields.values() {
            let secret = world.emulator.client().client_secret();
            let has_query = value.contains('?') || value.contains("code=");
            assert!(!value.contains(secret) && !has_query, "{span:#?}");
        }
    }
}

#[tokio::test]
async fn what_fails_says_so_in_its_span() {
    let world = World::with().parts(|builder| {
        let nobody = RedisStore::new(&Secret::new("redis://127.0.0.1:1"));
        builder.store(nobody.unwrap())
    });
    let world = world.build().await;
    let (spans, _guard) = Spans::listen(Log::default());
    let page = world.visitor().signs_in("/private").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    let there = spans.take();
    let insert = Spans::one(&there, "insert redis");
    assert_eq!(insert.says("otel.status_code"), "ERROR");
    assert_eq!(insert.says("error.type"), "store_error");
    let callback = Spans::one(&there, "GET /getAToken");
    assert_eq!(callback.says("http.response.status_code"), "503");
    assert_eq!(callback.says("otel.status_code"), "ERROR");
    assert_eq!(callback.says("error.type"), "store_unavailable");

    let down = Misbehaviour::Status(503);
    world.emulator.misbehave(Endpoint::Token, down);
    world.visitor().signs_in("/private").await;
    let there = spans.take();
    let token = Spans::one(&there, "POST token");
    assert_eq!(token.says("otel.status_code"), "ERROR");
    assert_eq!(token.says("error.type"), "503");
    assert_eq!(token.says("http.response.status_code"), "503");
}

#[tokio::test]
async fn sessions_in_memory_are_no_round_trip() {
    let world = World::new().await;
    let (spans, _guard) = Spans::listen(Log::default());
    world.visitor().signs_in("/private").await;
    let there = spans.take();
    assert!(there.iter().all(|span| span.name != "store_command"));
}

#[tokio::test]
async fn within_the_apps_own_span_the_layers_is_an_internal_one() {
    let world = World::new().await;
    let (spans, _guard) = Spans::listen(Log::default());
    let outer = tracing::info_span!("the app's");
    let visitor = world.visitor();
    let login = visitor.sends_with(Method::GET, "/login", &[]);
    tracing::Instrument::instrument(login, outer).await;
    let there = spans.take();
    let login = Spans::one(&there, "GET /login");
    assert_eq!(login.says("otel.kind"), "internal");
}

#[tokio::test]
async fn strangers_do_not_choose_the_names_of_spans() {
    let world = World::new().await;
    let (spans, _guard) = Spans::listen(Log::default());
    let stranger = world.visitor();
    let own = Method::from_bytes(b"ANYWORD").unwrap();
    stranger.sends_with(own, "/login", &[]).await;
    stranger.sends_with(Method::PATCH, "/login", &[]).await;
    let there = spans.take();
    let other = Spans::one(&there, "HTTP /login");
    assert_eq!(other.says("http.request.method"), "_OTHER");
    let known = Spans::one(&there, "PATCH /login");
    assert_eq!(known.says("http.request.method"), "PATCH");
}

#[tokio::test]
async fn the_provider_gets_the_trace_of_the_request_that_it_is_asked_for() {
    let witness = Witness::default();
    let client = witness.clone();
    let world = World::with().parts(move |builder| builder.http_client(client.clone()));
    let world = world.build().await;
    let html = ("accept", "text/html");
    let traced = [html, ("traceparent", PARENT), ("tracestate", "vendor=1")];

    // A page that needs a sign-in.
    let stranger = world.visitor();
    stranger.sends_with(Method::GET, "/private", &traced).await;
    let seen = witness.seen_with("traceparent");
    let expected = ["openid-configuration", "keys"].map(|path| (path.into(), PARENT.into()));
    assert_eq!(seen, expected);

    // A page that needs a token, whose refresh goes on in a task of its own.
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    assert!(
        witness.seen_with("traceparent").is_empty(),
        "untraced requests"
    );
    world.wait(Duration::from_secs(3590));
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let with_cookie = [&traced[..], &[("cookie", &cookie)]].concat();
    let page = stranger.sends_with(Method::GET, "/api", &with_cookie).await;
    assert!(page.body.starts_with("200 "), "{}", page.body);
    let seen = witness.seen_with("tracestate");
    assert_eq!(seen, [("token".into(), "vendor=1".into())]);

    // Two of them are none, and neither is a malformed one.
    let twice = [html, ("traceparent", PARENT), ("traceparent", PARENT)];
    let garbled = [html, ("traceparent", "00-garbled")];
    for headers in [&twice[..], &garbled] {
        world.wait(Duration::from_secs(3590));
        let headers = [headers, &[("cookie", &cookie)]].concat();
        stranger.sends_with(Method::GET, "/api", &headers).await;
        assert!(witness.seen_with("traceparent").is_empty(), "{headers:?}");
    }
}

#[tokio::test]
async fn an_error_page_leads_to_its_log_line_its_span_and_the_provider() {
    let correlation_id = "b3c4d5e6-1111-2222-3333-444455556666";
    let witness = Witness::default();
    let client = witness.clone();
    let world = World::with().parts(move |builder| builder.http_client(client.clone()));
    let world = world.build().await;
    let description = format!(
        "AADB2C90244: There are too many requests at this moment.\\r\\nCorrelation ID: \
         {correlation_id}\\r\\nTimestamp: 2026-01-15 09:50:39Z\\r\\n"
    );
    let refusal = format!(r#"{{"error":"server_error","error_description":"{description}"}}"#);
    witness.refuses(StatusCode::BAD_REQUEST, &refusal);
    let log = Log::default();
    let (spans, _guard) = Spans::listen(log.clone());

    let page = world.visitor().signs_in("/private").await;
    assert_ne!(page.status, StatusCode::OK, "{}", page.body);
    let shown = |name: &str| {
        let (_, rest) = page
            .body
            .split_once(&format!("<dt>{name}</dt><dd>"))
            .unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    let reference = shown("Reference");
    assert_eq!(shown("Correlation ID"), correlation_id);

    // The span, by the reference.
    let there = spans.take();
    let of_page = |span: &&crate::support::Span| span.says("tower_b2c.reference") == reference;
    let span = there.iter().find(of_page).expect("the page's span");
    assert_eq!(span.says("otel.name"), "GET /getAToken");
    let token = Spans::one(&there, "POST token");
    assert!(Spans::is_within(token, span));
    let id = token.says("tower_b2c.provider_request_id");
    assert_eq!(id, Witness::REQUEST_ID);

    // The log line, by the reference; the provider's ids are beside it.
    let log = log.take();
    let line = log
        .lines()
        .find(|line| line.contains("error page") && line.contains(&reference));
    let line = line.unwrap_or_else(|| panic!("no line with {reference} in\n{log}"));
    for part in [
        "reason=\"provider_error\"".to_owned(),
        format!("provider_correlation_id=\"{correlation_id}\""),
        format!("provider_request_id=\"{}\"", Witness::REQUEST_ID),
    ] {
        assert!(line.contains(&part), "{part} in {line}");
    }
}

#[tokio::test]
async fn the_log_line_of_an_error_page_names_the_trace_and_the_audit_the_reference() {
    let world = World::new().await;
    let log = Log::default();
    let (spans, _guard) = Spans::listen(log.clone());
    let headers = [("accept", "text/html"), ("traceparent", PARENT)];
    let stranger = world.visitor();
    let page = stranger
        .sends_with(Method::GET, "/getAToken?code=1", &headers)
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let there = spans.take();
    let callback = Spans::one(&there, "GET /getAToken");
    assert_eq!(callback.says("trace_id"), TRACE);
    assert_eq!(callback.says("error.type"), "callback_malformed");
    assert_eq!(callback.says("otel.status_code"), "", "the visitor's fault");
    let reference = callback.says("tower_b2c.reference");
    assert!(page.body.contains(reference), "{}", page.body);
    let log = log.take();
    let lines = log.lines().filter(|line| {
        line.contains(&format!("reference=\"{reference}\"")) && line.contains(TRACE)
    });
    assert_eq!(lines.count(), 2, "the line and its audit in\n{log}");
}
