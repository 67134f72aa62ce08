//! Classes of faults that others of this kind have had; SECURITY.md says which test shows which.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::routing::{any, get};
use b2c_emulator::{Endpoint, Forgery, Misbehaviour};
use http::{Method, Request, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::{RequireSignInLayer, Session};

use crate::sessions::Away;
use crate::support::{Visitor, World};

const ADA: &str = "ada@emulator.example";

async fn tells_back_channel(world: &World, token: &str) -> (StatusCode, String) {
    let request = Request::post("/back-channel-logout")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("logout_token={token}")));
    let answer = world.app.clone().oneshot(request.unwrap()).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 10_000)
        .await
        .unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn asks_with_cookie(visitor: &Visitor<'_>, cookie: &str) -> String {
    let headers = [("accept", "text/html"), ("cookie", cookie)];
    visitor.sends_with(Method::GET, "/", &headers).await.body
}

#[tokio::test]
async fn a_query_of_separators_is_an_empty_one() {
    let world = World::new().await;
    for separators in ["&", "&&&", "=", "&=&=&", ";", "?", "%26", "&&state&&code&&"] {
        let page = world
            .visitor()
            .asks(&format!("/getAToken?{separators}"))
            .await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{separators}");
        for path in ["/login", "/reset-password"] {
            let page = world.visitor().asks(&format!("{path}?{separators}")).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}?{separators}");
        }
        let page = world.visitor().asks(&format!("/?{separators}")).await;
        assert_eq!(page.body, "Hello, stranger");
    }
}

#[tokio::test]
async fn a_replay_cache_that_is_away_lets_no_token_count() {
    let world = World::with()
        .parts(|builder| builder.store(Away))
        .build()
        .await;
    let token = world.emulator.forge(&Forgery::logout_token(ADA)).unwrap();
    let (status, body) = tells_back_channel(&world, &token).await;
    // Not 200, or the provider would take the sign-out for done.
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body.contains("temporarily_unavailable"), "{body}");
}

#[tokio::test]
async fn signing_out_of_an_older_session_leaves_the_newer_one_findable() {
    let count = get(|session: Session| async move {
        session
            .user_sessions()
            .list()
            .await
            .unwrap()
            .len()
            .to_string()
    });
    let world = World::with()
        .routes(Router::new().route("/count", count))
        .build()
        .await;
    let (mut older, mut newer) = (world.visitor(), world.visitor());
    older.signs_in("/login").await;
    newer.signs_in("/login").await;
    assert_eq!(newer.opens("/count").await.body, "2");
    older.signs_out().await;
    assert_eq!(newer.opens("/count").await.body, "1");
    let token = world
        .emulator
        .forge(&Forgery::logout_token(ADA).without("sid"))
        .unwrap();
    assert_eq!(tells_back_channel(&world, &token).await.0, StatusCode::OK);
    assert_eq!(newer.opens("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn a_front_channel_logout_asks_the_provider_for_nothing() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let before = world.emulator.requests().len();
    for query in ["", "iss=x&sid=y", "iss=x"] {
        let frame = [
            ("sec-fetch-dest", "iframe"),
            ("sec-fetch-site", "cross-site"),
        ];
        let path = format!("/front-channel-logout?{query}");
        world.visitor().sends_with(Method::GET, &path, &frame).await;
    }
    assert_eq!(
        world.emulator.requests().len(),
        before,
        "no token was revoked"
    );
    assert!(visitor.opens("/api").await.body.starts_with("200"));
}

#[tokio::test]
async fn no_header_but_the_cookie_opens_a_guarded_page() {
    let world = World::new().await;
    for (name, value) in [
        ("user-agent", "kube-probe/1.30"),
        ("user-agent", "GoogleHC/1.0"),
        (
            "authorization",
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.",
        ),
        ("authorization", "Bearer"),
        ("authorization", "Bearer  \u{7f}"),
        ("x-forwarded-uri", "/login"),
        ("x-original-url", "/"),
        ("x-forwarded-user", "ada"),
        ("x-forwarded-email", ADA),
        ("x_forwarded_user", "ada"),
        ("x-ms-client-principal", "eyJ1c2VySWQiOiJhZGEifQ=="),
        ("remote-user", "ada"),
    ] {
        let Ok(checked) = http::HeaderValue::from_str(value) else {
            continue;
        };
        let value = checked.to_str().unwrap();
        let headers = [(name, value), ("accept", "application/json")];
        let page = world
            .visitor()
            .sends_with(Method::GET, "/private", &headers)
            .await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{name}: {value}");
        let page = world.visitor().sends_with(Method::GET, "/", &headers).await;
        assert_eq!(page.body, "Hello, stranger", "{name}: {value}");
    }
}

#[tokio::test]
async fn a_path_is_compared_whole_and_without_its_query() {
    let world = World::with()
        .config(|file| file.set("app.csrf_exempt", vec!["/hooks/".to_owned()]))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let cross = [("sec-fetch-site", "cross-site"), ("accept", "text/html")];
    for path in [
        "/private?/hooks/",
        "/private?x=/hooks/payment",
        "/private/../hooks/",
        "/private;/hooks/",
        "/hooks",
        "/Hooks/",
        "/x/hooks/",
        "/hooks/../private",
        "/hooks/%2e%2e/private",
        "/hooks/..%2fprivate",
    ] {
        let page = visitor.sends_with(Method::POST, path, &cross).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
    }
    // The layer's own paths, too: a query does not make one of another.
    for path in ["/private?/login", "/private?x#/login"] {
        let headers = [("accept", "application/json")];
        let page = world
            .visitor()
            .sends_with(Method::GET, path, &headers)
            .await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn nothing_of_a_guarded_page_is_in_the_answer_to_a_stranger() {
    let ran = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&ran);
    let handler = any(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        async { "the protected content" }
    });
    let routes = Router::new().route("/vault", handler);
    let world = World::with()
        .routes(routes.route_layer(RequireSignInLayer::new()))
        .build()
        .await;
    for method in [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::OPTIONS,
    ] {
        for headers in [
            [("accept", "text/html"), ("sec-fetch-mode", "navigate")],
            [("accept", "application/json"), ("sec-fetch-mode", "cors")],
            [("content-type", "application/grpc"), ("te", "trailers")],
            [("accept", "text/html"), ("sec-fetch-dest", "iframe")],
        ] {
            let page = world
                .visitor()
                .sends_with(method.clone(), "/vault", &headers)
                .await;
            assert!(!page.body.contains("protected"), "{method} {headers:?}");
            assert!(!page.status.is_success() || page.headers["grpc-status"] == "16");
        }
    }
    assert_eq!(ran.load(Ordering::SeqCst), 0, "the handler never ran");
}

#[tokio::test]
async fn a_cookie_made_for_one_purpose_is_none_for_another() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.opens("/login").await;
    let (name, pending) = visitor.cookies().first_key_value().unwrap();
    let (name, pending) = (name.clone(), pending.clone());
    assert!(name.starts_with("b2c-tx-"), "{name}");
    visitor.signs_in("/login").await;
    let ticket = visitor.cookies()["b2c-session-5000"].clone();
    let stranger = world.visitor();
    // Half a sign-in is no session, and a session is no sign-out under way.
    for value in [&pending, &pending[..64].to_owned()] {
        let cookie = format!("b2c-session-5000={value}");
        assert_eq!(
            asks_with_cookie(&stranger, &cookie).await,
            "Hello, stranger"
        );
    }
    for value in [&pending, &ticket] {
        let cookie = format!("b2c-sign-out-5000={value}; b2c-trail-5000={value}");
        // The page after a sign-out, as if none was under way.
        assert_eq!(asks_with_cookie(&stranger, &cookie).await, "");
    }
    let sealed = format!("{name}={ticket}");
    let headers = [("accept", "text/html"), ("cookie", sealed.as_str())];
    let page = stranger
        .sends_with(Method::GET, "/getAToken?state=s&code=c", &headers)
        .await;
    assert!(
        page.location().contains("state=again."),
        "no pending sign-in"
    );
}

#[tokio::test]
async fn a_key_that_the_provider_took_away_is_refused() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let old = world
        .emulator
        .forge(&Forgery::logout_token(ADA).without("sid"))
        .unwrap();
    world.emulator.rotate_signing_key();
    world.emulator.drop_old_signing_keys();
    // A token of the new key makes the keys be read again; they replace the old ones.
    world.visitor().signs_in("/private").await;
    assert_eq!(
        tells_back_channel(&world, &old).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(visitor.opens("/").await.body, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn a_token_signed_with_what_is_public_or_shared_is_refused() {
    for bad in [
        Misbehaviour::KeyConfusion,
        Misbehaviour::AlgNone,
        Misbehaviour::MissingIssuedAt,
    ] {
        let world = World::new().await;
        world.emulator.misbehave(Endpoint::Token, bad.clone());
        let mut visitor = world.visitor();
        let page = visitor.signs_in("/private").await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{bad:?}");
        assert!(!visitor.cookies().contains_key("b2c-session-5000"));
    }
}
