//! What does not fit, and what cannot be done without a store.

use axum::Router;
use axum::routing::{get, post};
use http::{Method, StatusCode};
use tower_b2c::{Config, Session};
use tracing::Level;

use super::{SIGNED_IN, Verbose, ask, session_of, storeless};
use crate::cost::{Nothing, allocations};
use crate::support::{KEY, Log};

use tower::Layer as _;

#[tokio::test]
async fn a_session_that_does_not_fit_is_refused_by_name() {
    let world = storeless()
        .parts(|builder| builder.events(Verbose(9000)))
        .build()
        .await;
    let mut visitor = world.visitor();
    let (log, _open) = Log::open(Level::ERROR);
    let page = visitor.signs_in("/private").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(session_of(visitor.cookies()).is_empty());
    let log = log.take();
    assert!(
        log.contains("session.cookie_max_bytes") && log.contains("redis"),
        "{log}"
    );
}

#[tokio::test]
async fn what_can_be_done_without_is_left_out_before_that() {
    // Claims leave room for the refresh token, but not for the access token besides.
    let mut refreshed = 0;
    for size in (2000..5000).step_by(200) {
        let world = storeless()
            .parts(move |builder| builder.events(Verbose(size)))
            .build()
            .await;
        let mut visitor = world.visitor();
        let page = visitor.signs_in("/private").await;
        if page.status != StatusCode::OK {
            assert!(refreshed > 0, "tokens are dropped first, at {size}");
            return;
        }
        let jar = session_of(visitor.cookies());
        let bytes: usize = jar
            .iter()
            .map(|(name, value)| name.len() + value.len() + 3)
            .sum();
        assert!(bytes <= 7 * 1024, "{bytes}");
        let answer = ask(&world.second, &jar, "/api").await;
        assert!(answer.body.starts_with("200 "), "{}", answer.body);
        refreshed += world.grants("refresh_token");
    }
    panic!("5000 bytes of claims fit");
}

#[tokio::test]
async fn what_reaches_beyond_the_own_session_says_that_it_cannot() {
    let routes = Router::new()
        .route(
            "/list",
            get(|session: Session| async move {
                session
                    .user_sessions()
                    .list()
                    .await
                    .unwrap_err()
                    .to_string()
            }),
        )
        .route(
            "/end-all",
            post(|session: Session| async move {
                let error = session.user_sessions().end_all().await.unwrap_err();
                assert!(error.is_permanent());
                error.to_string()
            }),
        )
        .route(
            "/end-others",
            post(|session: Session| async move {
                session
                    .user_sessions()
                    .end_others()
                    .await
                    .unwrap_err()
                    .to_string()
            }),
        );
    let world = storeless().routes(routes).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    for (method, path) in [
        (Method::GET, "/list"),
        (Method::POST, "/end-all"),
        (Method::POST, "/end-others"),
    ] {
        let page = visitor.sends_with(method, path, &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            page.body.contains("session.store = \"cookie\""),
            "{path}: {}",
            page.body
        );
    }
    assert_eq!(
        visitor.asks("/").await.body,
        SIGNED_IN,
        "and does nothing by halves"
    );

    let form = [("content-type", "application/x-www-form-urlencoded")];
    let page = visitor
        .sends_with(Method::POST, "/back-channel-logout", &form)
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(
        page.body.contains("cannot end them from here"),
        "{}",
        page.body
    );
    let frame = "/front-channel-logout?iss=https%3a%2f%2fissuer.example&sid=1";
    let page = visitor.sends_with(Method::GET, frame, &[]).await;
    assert_eq!(page.status, StatusCode::NOT_IMPLEMENTED);
    // Without iss and sid the frame means the session that it brings.
    let page = visitor
        .sends_with(
            Method::GET,
            "/front-channel-logout",
            &[("sec-fetch-dest", "iframe")],
        )
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(visitor.asks("/").await.body, super::STRANGER);
}

#[test]
fn settings_that_need_a_store_are_refused() {
    let load = |session: &str, provider: &str, more: &str| {
        let text = format!(
            "[app]\nbase_url = \"https://app.example\"\n[session]\nstore = \"cookie\"\n\
             cookie_key = {{ env = \"KEY\" }}\n{session}\n[provider]\nkind = \"entra\"\n\
             tenant = \"contoso.example\"\nclient_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\"\n\
             client_secret = {{ env = \"SECRET\" }}\n{provider}\n{more}"
        );
        let file = Config::from_text(text).environment([("KEY", KEY), ("SECRET", "s3cret")]);
        file.load().map(|_| ()).map_err(|error| error.to_string())
    };
    let api = |number: usize| {
        format!(
            "[[downstream]]\nname = \"a{number}\"\nbase_url = \"https://api.example\"\n\
             resource = \"api://{number}\"\nscopes = [\"read{number}\"]\n"
        )
    };
    let apis = |count: usize| (0..count).map(api).collect::<String>();
    load("", "", "").unwrap();
    load("keep_forms = false", "", &apis(1)).unwrap();
    load("", "", &apis(5)).unwrap();
    let no_refresh = "scopes = [\"openid\"]";
    load("cookie_max_bytes = 15000", no_refresh, &apis(4)).unwrap();
    for (session, provider, more, expected) in [
        (
            "keep_forms = true",
            "",
            String::new(),
            "session.keep_forms: found true",
        ),
        (
            "sign_out_others_after_reset = true",
            "",
            String::new(),
            "session.sign_out_others_after_reset",
        ),
        (
            "",
            "response_mode = \"form_post\"",
            String::new(),
            "form_post",
        ),
        ("", no_refresh, apis(4), "cannot be fetched again"),
        (
            "cookie_max_bytes = 2000",
            "",
            String::new(),
            "session.cookie_max_bytes",
        ),
        (
            "cookie_max_bytes = 0",
            "",
            String::new(),
            "session.cookie_max_bytes",
        ),
    ] {
        let error = load(session, provider, &more).unwrap_err();
        assert!(error.contains(expected), "{session} {provider}: {error}");
    }
}

#[tokio::test]
async fn a_request_that_was_seen_before_costs_no_more_than_with_a_ticket() {
    let world = storeless().build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let jar = session_of(visitor.cookies());
    ask(&world.app, &jar, "/").await;
    let pairs = jar.iter().map(|(name, value)| format!("{name}={value}; "));
    let cookie = pairs.collect::<String>() + "theme=dark";
    let bare = allocations(&mut Nothing, None);
    let mut layered = world.layer.layer(Nothing);
    let signed_in = allocations(&mut layered, Some(("cookie", &cookie))) - bare;
    assert!(signed_in <= 6, "{signed_in} allocations, 6 allowed");
}
