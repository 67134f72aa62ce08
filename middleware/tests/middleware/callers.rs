//! Everybody is answered in their own language.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::{HeaderMap, Method, StatusCode, header};

use crate::support::World;

type Headers<'a> = &'a [(&'a str, &'a str)];

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
const NAVIGATE: (&str, &str) = ("sec-fetch-mode", "navigate");

#[tokio::test]
async fn only_a_navigation_is_sent_to_the_sign_in_page() {
    let world = World::new().await;
    let problem = (StatusCode::UNAUTHORIZED, "application/problem+json");
    let page = (StatusCode::UNAUTHORIZED, "text/html; charset=utf-8");
    let cases: [(Method, Headers<'_>, _); 12] = [
        (Method::GET, &[HTML], (StatusCode::SEE_OTHER, "")),
        (Method::GET, &[HTML, NAVIGATE], (StatusCode::SEE_OTHER, "")),
        (Method::POST, &[HTML, NAVIGATE], page),
        (
            Method::GET,
            &[HTML, NAVIGATE, ("sec-fetch-dest", "iframe")],
            page,
        ),
        (
            Method::GET,
            &[HTML, NAVIGATE, ("sec-purpose", "prefetch;prerender")],
            problem,
        ),
        (Method::GET, &[HTML, ("sec-fetch-mode", "cors")], problem),
        (Method::GET, &[HTML, ("sec-fetch-mode", "no-cors")], problem),
        (
            Method::GET,
            &[HTML, ("x-requested-with", "XMLHttpRequest")],
            problem,
        ),
        (
            Method::GET,
            &[("accept", "application/json, text/plain, */*")],
            problem,
        ),
        (Method::GET, &[], problem),
        (
            Method::GET,
            &[
                ("connection", "upgrade"),
                ("upgrade", "websocket"),
                ("sec-websocket-version", "13"),
            ],
            problem,
        ),
        (
            Method::GET,
            &[("accept", "text/event-stream"), ("sec-fetch-mode", "cors")],
            problem,
        ),
    ];
    for (method, headers, (status, kind)) in cases {
        let answer = world
            .visitor()
            .sends_with(method, "/private", headers)
            .await;
        assert_eq!(answer.status, status, "{headers:?}");
        let found = answer.headers.get(header::CONTENT_TYPE);
        assert_eq!(
            found.map_or("", |kind| kind.to_str().unwrap()),
            kind,
            "{headers:?}"
        );
        assert_eq!(answer.headers["cache-control"], "no-store");
        let begun = answer.headers.contains_key(header::SET_COOKIE);
        assert_eq!(begun, status == StatusCode::SEE_OTHER, "{headers:?}");
    }
}

#[tokio::test]
async fn a_script_learns_where_to_sign_in() {
    let world = World::new().await;
    let visitor = world.visitor();
    let answer = visitor.sends_with(Method::GET, "/private", &[]).await;
    let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["reason"], "sign_in_required");
    let sign_in = problem["sign_in"].as_str().unwrap();
    assert_eq!(sign_in, "http://localhost:5000/login");
    let page = world.visitor().signs_in(sign_in).await;
    assert_eq!(page.body, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn a_frame_shows_a_link_that_leads_out_of_it() {
    let world = World::new().await;
    let headers = [
        HTML,
        NAVIGATE,
        ("sec-fetch-dest", "iframe"),
        ("referer", "http://localhost:5000/dashboard?tab=2"),
    ];
    let visitor = world.visitor();
    let page = visitor.sends_with(Method::GET, "/private", &headers).await;
    let back = "target=\"_top\" href=\"/login?return_to=%2Fdashboard%3Ftab%3D2\"";
    assert!(page.body.contains(back), "{}", page.body);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
}

#[tokio::test]
async fn a_guess_of_the_browser_begins_nothing() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    for path in ["/login", "/edit-profile", "/logout", "/getAToken?state=s"] {
        let prefetch = [HTML, NAVIGATE, ("sec-purpose", "prefetch")];
        let answer = visitor.sends_with(Method::GET, path, &prefetch).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "{path}");
    }
}

#[tokio::test]
async fn grpc_clients_get_a_status_with_details() {
    let world = World::new().await;
    let kinds = [
        ("application/grpc", "application/grpc"),
        ("application/grpc+proto", "application/grpc"),
        ("application/grpc-web+proto", "application/grpc-web+proto"),
        (
            "application/grpc-web-text",
            "application/grpc-web-text+proto",
        ),
    ];
    for (asked, answered) in kinds {
        let headers = [("content-type", asked)];
        let visitor = world.visitor();
        let answer = visitor.sends_with(Method::POST, "/private", &headers).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["content-type"], answered);
        assert_eq!(answer.headers["grpc-status"], "16");
        let details = details(&answer.headers);
        for part in [
            "type.googleapis.com/google.rpc.ErrorInfo",
            "SIGN_IN_REQUIRED",
            "sign_in",
            "http://localhost:5000/login",
        ] {
            assert!(details.contains(part), "{part} in {details:?}");
        }
        assert!(!details.contains("demo.read"), "no scope was asked for");
    }
}

#[tokio::test]
async fn grpc_clients_are_told_apart_who_may_not_and_who_is_not_signed_in() {
    let world = World::new().await;
    let headers = [
        ("content-type", "application/grpc"),
        ("origin", "https://evil.example"),
    ];
    let visitor = world.visitor();
    let answer = visitor.sends_with(Method::POST, "/logout", &headers).await;
    assert_eq!(answer.headers["grpc-status"], "7");
    assert!(details(&answer.headers).contains("CROSS_SITE"));
}

/// The readable parts of `grpc-status-details-bin`.
pub(crate) fn details(headers: &HeaderMap) -> String {
    let bytes = STANDARD_NO_PAD
        .decode(&headers["grpc-status-details-bin"])
        .unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}
